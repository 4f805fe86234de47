"""The named fields a rule may speak about, with their grain, type and meaning. Facts are made elsewhere; nothing here computes.

Null means unknown in every field, and never zero, empty or absent.
"""

from __future__ import annotations

from dataclasses import dataclass

LICENCE, DEVICE, COPY, TRACE, NAME = GRAINS = ("licence", "device", "copy", "trace", "name")
TEXT, INT, FLOAT, BOOL, DAY, TIME, TEXTS = TYPES = ("text", "int", "float", "bool", "day", "time", "texts")


@dataclass(frozen=True, slots=True)
class Field:
    """A fact: where it is known, its type, and what it means."""

    name: str
    grain: str  # a field of the grain `device` can be asked in every grain
    type: str
    meaning: str


def _fields(grain: str, *rows: tuple[str, str, str]) -> tuple[Field, ...]:
    return tuple(Field(name, grain, kind, meaning) for name, kind, meaning in rows)


# fmt: off
FIELDS: tuple[Field, ...] = (
    *_fields(
        LICENCE,
        ("category", TEXT, "category the row speaks about: os, office ..."),
        ("application", TEXT, "windows or office"),
        ("product_name", TEXT, "name of the licence row"),
        ("description", TEXT, "its description"),
        ("product_line", TEXT, "windows-client, windows-server, office-suite, visio, project, or another Office application, by licence"
                               " family and name"),
        ("channel", TEXT, "Retail, OEM:DM, OEM:SLP, OEM:COA, OEM:NONSLP, Volume:GVLK, Volume:MAK, Volume:CSVLK, Retail:TB:Eval ...; from"
                          " the description or the activation id where the row does not say"),
        ("license_status", INT, "0 unlicensed, 1 licensed, 2 to 6 grace periods and notification"),
        ("last5", TEXT, "last five characters of the product key, upper case"),
        ("key_classes", TEXTS, "what the last five are known as: gvlk_published, gvlk_unpublished, gvlk_retail_only, gvlk_preview,"
                               " generic_default, bypass_static_key, avma_published, ohook_generated_key, office_blocked_key,"
                               " tsforge_generic_key, tsforge_staticcid_key, leaked_key, vl_media_prepid_key; only where the product of"
                               " the key agrees with the row's"),
        ("grace_minutes", INT, "minutes left of the lease or grace period"),
        ("lease_end", TIME, "collected_at plus grace_minutes"),
        ("evaluation_end", DAY, "end of the evaluation"),
        ("edition_id", TEXT, "EditionID: Professional, Core, EnterpriseS ...; where the row does not say, the word before `edition` in a"
                             " Windows row's name"),
        ("license_family", TEXT, "licence family: Professional, EnterpriseG, Office16ProPlusVL_KMS_Client ...; where the row does not"
                                 " say, the word before `edition` in its name"),
        ("activation_id", TEXT, "SKU id, lower case"),
        ("lab_host_key", BOOL, "the activation id is a KMS host licence for laboratories"),
        ("product_key_id", TEXT, "extended product id of the installed key"),
        ("key_serial", TEXT, "key group and serial number out of the product key id (its second to fourth groups); null where the serial"
                             " is zero or the text has another form"),
        ("kms_host", TEXT, "name or address of the KMS host, lower case, without port"),
        ("kms_host_class", TEXT, "what the host is, registered or not; first that fits: azure, own (the device's name or address),"
                                 " loopback, placeholder, public_server, private, public"),
        ("kms_host_registered", BOOL, "the organisation registered this host, or its DNS service record points to it"),
        ("kms_host_shared", BOOL, "devices of another unit tree use it too"),
        ("kms_srv_differs", BOOL, "the organisation gave the DNS service record of the device's domain, and it points elsewhere"),
        ("kms_port", INT, "its port"),
        ("kms_epid", TEXT, "extended product id of the host that answered"),
        ("epid_emulator", BOOL, "the ePID is a default of an emulator (signature)"),
        ("epid_locale", INT, "locale id inside the ePID"),
        ("epid_locale_known", BOOL, "that locale is one of the organisation's (needs organisation.locales)"),
        ("epid_host_build", INT, "build of the host's system inside the ePID"),
        ("epid_host_is_server", BOOL, "that build belongs to a system that can host KMS"),
        ("epid_activated_on", DAY, "day the host was activated, inside the ePID"),
        ("epid_faults", INT, "how many of these do not fit: locale not the organisation's, activated after collection, activated before"
                             " the product came out, host build cannot host; null where there is no ePID"),
        ("vl_activation_type", INT, "1 Active Directory, 2 KMS, 3 token"),
        ("ad_object", TEXT, "Active Directory activation object"),
        ("activated_by_nobody", BOOL, "KMS host and AD object fields were collected and are empty"),
        ("status_reason", TEXT, "reason code as 0xC004F009, upper-case digits"),
        ("other_licensed_row", BOOL, "another row of this application on this device has status 1"),
        ("volume_owned", BOOL, "a volume agreement or volume lot of the unit or above covers this product; null where neither agreements"
                               " nor entitlements are given"),
        ("enterprise_owned", BOOL, "one covers Windows Enterprise (or SA, E3, E5); null as above"),
        ("edition_bought", BOOL, "a lot covers this product in this edition; null where no entitlements are given"),
        ("bought_singly", BOOL, "a lot that is no volume licence covers this product here; null where no entitlements are given"),
        ("came_with_device", BOOL, "a lot of IoT Enterprise, or one of the channel oem, covers this product in this edition; null where no"
                                   " entitlements are given"),
        ("purchased", BOOL, "a lot of the unit or above, or bound to the device, covers this product; null where no entitlements are"
                            " given"),
        ("purchase_missing", BOOL, "the register of purchases is said to be complete and nothing in it covers this product here"),
        ("government_edition_bought", BOOL, "an agreement or lot covers the government edition of Windows 10; null where nothing is given"),
        ("mak_registered", BOOL, "the last five are a MAK of an agreement; null where an agreement on this product lists none of its MAKs, or there is no"
                               " agreement on it"),
        ("key_devices", INT, "devices whose retail rows have these last five on this product; records of one machine (same_hardware) count once"),
        ("key_units", INT, "units of these devices"),
        ("developer_subscription", BOOL, "a subscription for developers (Visual Studio, MSDN) of the unit or above, or bound to the device,"
                                         " is in force; null where neither agreements nor entitlements are given"),
        ("mak_devices", INT, "devices with this MAK; records of one machine (same_hardware) count once"),
        ("mak_quantity", INT, "quantity of the agreement of this MAK"),
        ("retail_office_bought", BOOL, "the device's Click-to-Run ids name a retail product of the same line"),
        ("firmware_edition_lower", BOOL, "the firmware's key is for a lower edition than this row's (Home, then Professional, then"
                                         " Enterprise and Education); null unless both are known"),
        ("edition_conflict", BOOL, "a Windows row: the edition in the system's name and the row's edition are both known, and neither is"
                                   " a way to write the other"),
    ),
    *_fields(
        DEVICE,
        ("device_id", TEXT, "the device"),
        ("hostname", TEXT, "its name"),
        ("unit_id", TEXT, "the unit it counts for"),
        ("org_type", TEXT, "kind of the unit: government, education, enterprise, personal ...; from the unit, the units above it, or the"
                           " organisation"),
        ("kind", TEXT, "desktop, laptop, server, vm, other"),
        ("is_vm", BOOL, "a virtual machine, by kind, maker or model"),
        ("hypervisor", TEXT, "hyper-v, vmware, virtualbox, kvm, xen, parallels, azure"),
        ("os_name", TEXT, "name of the system as it reports itself"),
        ("os_build", INT, "build number: 7601, 19045 ..."),
        ("os_is_server", BOOL, "a server edition of Windows"),
        ("os_edition", TEXT, "edition of the recognised system, as the catalog names it"),
        ("os_installed_on", DAY, "day the system was installed"),
        ("os_installed_at", TIME, "moment the system was installed, to the second; null where only a day was told, and at midnight"),
        ("collected_at", DAY, "day the facts were collected; the day of the run where no row says it"),
        ("as_of", DAY, "the day of the run; no fact table holds it, the run gives it"),
        ("collected_days_ago", INT, "days from collection to the day of the run"),
        ("clock_off_minutes", INT, "minutes between the device's clock and the time of receipt"),
        ("maker", TEXT, "brand of the computer, canonical: lenovo, dell, hp ...; `generic` for placeholders and bare boards"),
        ("slic_collected", BOOL, "the firmware's OEM id was asked for"),
        ("slic_oemid", TEXT, "OEM id of the firmware's SLIC table, upper case; empty text where there is none"),
        ("slic_maker", TEXT, "brand that OEM id belongs to"),
        ("oem_info_maker", TEXT, "brand the system's OEM information names"),
        ("maker_conflict", BOOL, "the SLIC's or OEM information's brand is known and another family of brands than the computer's"),
        ("firmware_key", BOOL, "a Windows key is in the firmware (OA3); null where it was not asked"),
        ("firmware_key_last5", TEXT, "its last five"),
        ("firmware_edition", TEXT, "edition of that key: Home, Professional ..."),
        ("domain_joined", BOOL, "member of a domain"),
        ("listens_kms", BOOL, "answers KMS requests (port 1688 or the service says so)"),
        ("kms_host_here", BOOL, "a KMS host key is licensed here, or the device is a registered host"),
        ("registered_host_here", BOOL, "the organisation registered this device as a KMS host"),
        ("windows_key_seen", BOOL, "a Windows row with a partial key was collected; null where no Windows rows were collected"),
        ("windows_rows", INT, "Windows licence rows collected; null where licences were not collected"),
        ("office_rows", INT, "Office licence rows collected; null where licences were not collected"),
        ("sppsvc_disabled", BOOL, "the Software Protection service is missing or disabled"),
        ("support_ends", DAY, "end of support of the system's release or build, on the branch its edition is serviced on"),
        ("os_since", DAY, "first day a system of this build, or of one that turns into it without a new installation, came out"),
        ("esu", BOOL, "an extended security update licence is active, or such updates are installed"),
        ("esu_bought", BOOL, "a lot or agreement covers extended updates; null where no purchases are given"),
        ("upgrade_trace", BOOL, "the system was upgraded in place; null where that was not asked"),
        ("bought_without_windows", BOOL, "the purchase of this device says: no system, Linux, UOS or Kylin"),
        ("separate_windows_licence", BOOL, "a lot covers Windows for this device besides the device's own purchase"),
        ("qualifying_licence", BOOL, "an OEM or retail Windows licence of this device is known (firmware key, SLIC, COA, purchase); null"
                                     " where none of them was asked"),
        ("perpetual_office", BOOL, "a perpetual Office suite is installed"),
        ("office_signed_in", BOOL, "Office is signed in to a subscription"),
        ("ghost_tickets", BOOL, "a licence ticket lies in the store's folder (file trace)"),
        ("same_hardware", INT, "devices that report the same serial number or UUID, this one included"),
        ("in_test_lab", BOOL, "the organisation lists it, or its unit, as a test laboratory today"),
        ("exempt", BOOL, "the organisation exempts it (test laboratory, evidence store)"),
        ("devices_total", INT, "devices of the organisation, as it says, else as seen"),
        ("devices_stated", INT, "devices of the organisation, as it says; null where it does not"),
        ("dated_programs", INT, "listed programs with an install day, updates and components left out; null where no software was listed"),
        ("program_days", INT, "different install days among them"),
        ("first_program_on", DAY, "the earliest of these days"),
        ("programs_before_os", INT, "how many of them were installed more than a year before the system; null where its day is unknown"),
        ("office_licensed", BOOL, "a suite of Microsoft Office has a licence row with status 1; null where licences were not collected"),
        ("office_seen", BOOL, "the software list names Microsoft Office or one of its parts; null where no software was listed"),
    ),
    *_fields(
        COPY,
        ("category", TEXT, "category the row speaks about: os, office ..."),
        ("product_id", TEXT, "the product"),
        ("family_id", TEXT, "its family: office.wps ..."),
        ("vendor", TEXT, "its vendor"),
        ("edition", TEXT, "edition as the catalog names it"),
        ("edition_id", TEXT, "its slug: personal, home ..."),
        ("release", TEXT, "its release"),
        ("role", TEXT, "product, standalone_app, server"),
        ("licence", TEXT, "what the catalog says it is sold as: commercial, free, free_personal, open_source, bundled, unknown"),
        ("copy_channel", TEXT, "channel its name says: retail, volume, oem, subscription, trial, beta"),
        ("installed_on", DAY, "day it was installed"),
        ("trial_ends_on", DAY, "end of the evaluation, as the licence row gives it"),
        ("existed_from", DAY, "1 January of the year before the one its release is named after; null for releases not named after a year"),
        ("other_installed_on", DAY, "install day another record of the same product gives (WPS InstallTime, install.ini)"),
        ("approved_free", BOOL, "on the organisation's list of free software"),
        ("bought", BOOL, "a lot of the unit or above, or bound to the device, covers this product; null where no entitlements are given"),
        ("bought_missing", BOOL, "the register of purchases is said to be complete and nothing in it covers this copy"),
        ("org_licence", BOOL, "an organisation's edition or agreement of the family is known here; null where no purchases are given"),
        ("installed_here", INT, "copies of this product in the unit tree of the lots that cover it"),
        ("licences_here", INT, "licences those lots give; null where they are unlimited or none is known"),
        ("support_ended", BOOL, "the vendor's support had ended on the day of the run"),
        ("name", TEXT, "the name it was seen under"),
    ),
    *_fields(
        TRACE,
        ("category", TEXT, "category the row speaks about: os, office ..."),
        ("signature_id", TEXT, "the signature"),
        ("tool_kind", TEXT, "activator, crack, keygen, repack_os, mod_os, leaked_key, keyword ..."),
        ("evidence_kind", TEXT, "installed_program, file_name, file_path, service, scheduled_task, hosts_line, registry_value,"
                                " av_detection ..."),
        ("confidence", FLOAT, "P(unlicensed use) of this trace alone"),
        ("memory", BOOL, "known from general knowledge only"),
        ("vendor", TEXT, "vendor of the software it works on"),
        ("value", TEXT, "the trace as it was found"),
        ("file_ending", TEXT, "ending of a file trace: exe, zip, iso ..."),
        ("seen_on", DAY, "day of the trace itself (file time, detection time)"),
        ("hook", BOOL, "a registry value that loads code into the licensing service (IFEO Debugger or VerifierDlls)"),
        ("excluded_from_scans", BOOL, "the trace is an exclusion set in the antivirus"),
        ("victim_installed", BOOL, "software of that vendor is installed on the device"),
        ("victim_bought", BOOL, "a lot covers software of that vendor; null where no entitlements are given"),
        ("allowed", BOOL, "the organisation allows this tool here today"),
        ("only_kind", BOOL, "no signature of another evidence kind was found on this device and category"),
        ("active_channel", TEXT, "channel of the active row (status 1) of the category; null where none was collected"),
        ("volume_host_known", BOOL, "a volume row of the category (Volume:GVLK, status 1) names a registered KMS host or a directory object;"
                                    " null where no active row was collected"),
        ("volume_only", BOOL, "a copy of the category here is of an edition sold by volume agreement alone (volume_editions.tsv)"),
        ("windows_channel", TEXT, "channel of the device's active Windows row"),
        ("windows_bought", BOOL, "a lot covers Windows for this device; null where no entitlements are given"),
        ("windows_purchase_missing", BOOL, "the register of purchases is said to be complete and no lot or agreement covers Windows here"),
        ("licensed_otherwise", BOOL, "an active row of the category (status 1) is Retail, OEM or MAK and is covered by a purchase"),
    ),
    *_fields(
        NAME,
        ("name", TEXT, "name in the software list, as it stands"),
        ("publisher", TEXT, "its publisher, as it stands"),
        ("vendor", TEXT, "vendor, where it was recognised"),
        ("family_id", TEXT, "family, where it was recognised"),
        ("bought", BOOL, "a lot of the unit or above, or bound to the device, is for software of this name; null where no entitlements"
                         " are given"),
    ),
)
# fmt: on


def fields_of(grain: str) -> dict[str, Field]:
    """Return the fields that can be asked in a grain, by name: its own, and those of the device.

    >>> fields_of("trace")["collected_at"].type, "kms_host" in fields_of("device")
    ('day', False)
    """
    device = {field.name: field for field in FIELDS if field.grain == DEVICE}
    return device | {field.name: field for field in FIELDS if field.grain == grain}
