"""The real dumps of consoles, where they stand beside the checkout: each is known, and a few cells of each are as they must be."""

from __future__ import annotations

from pathlib import Path

import pytest

from licmatch.errors import InputError
from licmatch.ingest import read_frame, read_inventory, read_names

SAMPLES = Path(__file__).parents[4] / "shared" / "facts" / "formats" / "samples"
M365 = "Microsoft 365 Apps for enterprise - zh-cn"
# file: format, rows, rejected, (device, name, publisher, version, install date) of the first row, devices whose list is partial
SCANS = {
    "configmgr_v_gs_add_remove_programs.csv": (
        "configmgr", 2, 0, ("16777219", "Microsoft Office 专业增强版 2016", "Microsoft Corporation", "16.0.4266.1001", "2021-03-04"), 0,
    ),
    "configmgr_v_gs_installed_software.csv": (
        "configmgr", 1, 0, ("16777219", "Microsoft Office 专业增强版 2016", "Microsoft Corporation", "16.0.4266.1001", "2021-03-04"), 0,
    ),
    "defender_SoftwareInventoryByMachine.json": (
        "defender", 2, 0, ("00044f68765bbaf712342dbe6db733b6a9c59ab4", "windows_10", "microsoft", "10.0.19045.3803", None), 1,
    ),
    "intune_AppInvRawData.csv": (
        "intune", 2, 0,
        ("6f1f0000-0000-0000-0000-000000000001", M365, "Microsoft Corporation", "16.0.17328.20162", None), 0,
    ),
    "lansweeper_report.csv": ("lansweeper", 1, 0, ("1203", "WinRAR 5.50 (64 位)", "win.rar GmbH", "5.50.0", None), 0),
    "manageengine_inventory_software.json": (
        "manageengine", 1, 0, ("901", "WinRAR 5.50 (64 位)", "win.rar GmbH", "5.50.0", "2021-03-04"), 0,
    ),
    "pdq_inventory_applications.csv": ("pdq", 1, 0, ("WIN10-CW01", "WinRAR 5.50 (64-bit)", "win.rar GmbH", "5.50.0", "2021-03-04"), 0),
    "servicenow_cmdb_sam_sw_install.csv": (
        "servicenow", 1, 0,
        ("WIN10-CW01", "Microsoft Office Professional Plus 2016", "Microsoft Corporation", "16.0.4266.1001", "2021-03-04"), 0,
    ),
    "wazuh4_api_packages.json": ("wazuh", 1, 0, ("017", "WinRAR 5.50 (64-bit)", "win.rar GmbH", "5.50.0", "2021-03-04"), 0),
    "wazuh_events.ndjson": ("wazuh-events", 2, 0, ("wazuh_events", "libjs-sphinxdoc", "Debian Python Team", "7.2.6-6", None), 1),
    "winget_client_module.json": ("winget", 2, 0, ("winget_client_module", "Git", None, "2.47.0.2", None), 0),
    "winget_export.json": ("winget-export", 2, 0, ("winget_export", "7zip.7zip", None, "23.01", None), 1),
    "winget_list_table.txt": ("winget", 4, 2, ("winget_list_table", "7-Zip 23.01 (x64)", None, "23.01", None), 1),
}  # fmt: skip
COUNTS = {"intune_AppInvAggregate.csv": (M365, "412"), "intune_detectedApps.json": ("Microsoft Edge", "11")}
LICENCES = {
    "configmgr_general_license_statement.csv": ("AutoCAD", "device", 25),
    "glpi_licenses_export.csv": ("Office 2016 标准版 MAK", "device", 50),
    "mls_like.xlsx": ("Office Standard", "device", 50),
    "snipeit_licenses.csv": ("WPS Office 2019 专业版 场地授权", "site", 200),
}

pytestmark = pytest.mark.ci_may_skip(
    "the folder of real dumps is not part of the project; goldens of the same shapes are, and always checked"
)


def sample(name: str) -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("NO SAMPLES: the folder of real dumps does not stand beside this checkout, so none was read")
    return SAMPLES / name


@pytest.mark.parametrize("name", SCANS)
def test_a_scan_of_a_console(name: str) -> None:
    as_format, rows, rejected, first, partial = SCANS[name]
    inventory = read_inventory([sample(name)])
    (file,) = inventory.files
    assert (file.format, file.rows, inventory.rejected.height) == (as_format, rows, rejected)
    software = inventory.software.collect()
    assert software.height == rows - rejected
    assert software.select("device_id", "name", "publisher", "version", "install_date").row(0) == first
    assert (inventory.devices["software_list"] == "partial").sum() == partial


@pytest.mark.parametrize("name", COUNTS)
def test_counts_give_names_only(name: str) -> None:
    with pytest.raises(InputError, match="AGGREGATE_ONLY"):
        read_inventory([sample(name)])
    table = read_names([sample(name)])
    frame = table.frame.collect()
    assert set(COUNTS[name]) <= set(frame.row(0))
    assert frame[table.name][0] == COUNTS[name][0]


@pytest.mark.parametrize("name", LICENCES)
def test_licences_are_entitlements(name: str) -> None:
    frame, rejected = read_frame("entitlements", sample(name))
    assert rejected.height == 0
    assert frame.select("product", "metric", "quantity").row(0) == LICENCES[name]
    with pytest.raises(InputError, match="licences"):
        read_inventory([sample(name)])
