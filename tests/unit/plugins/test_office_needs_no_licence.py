"""Viewers, runtimes, add-ins and parts that come with a suite: none is a copy somebody has to hold a licence for."""

from __future__ import annotations

import polars as pl

from licmatch import Engine
from licmatch.schema import LICENSABLE_ROLES

NEEDS_NONE = """
Microsoft Office PowerPoint Viewer 2007 (Simplified Chinese)
Microsoft PowerPoint Viewer
Microsoft Office Word Viewer 2003
Microsoft Office Excel Viewer
Microsoft Visio Viewer 2016
Microsoft Project Viewer 2013
Microsoft Office Visio Viewer 2007
Microsoft Access Runtime 2016
Microsoft Office Access Runtime 2010
Microsoft Access database engine 2010 (Chinese (Simplified))
Microsoft Access Database Engine 2016
Microsoft Visual Studio 2010 Tools for Office Runtime (x64)
Microsoft Visual Studio Tools for Office Runtime 2010 Language Pack (x64) - CHS
Compatibility Pack for the 2007 Office system
2007 Office system 兼容包
Microsoft Office Proofing Tools 2016 - English
Microsoft Office 2003 Web Components
Microsoft Office File Validation Add-In
Microsoft Office 2010 Primary Interop Assemblies
2007 Microsoft Office Suite Service Pack 3 (SP3)
Update for Microsoft Office 2016 (KB4011035) 32-Bit Edition
Microsoft Office Professional Plus 2016 - zh-cn Language Pack
Office 16 Click-to-Run Extensibility Component
Office 16 Click-to-Run Licensing Component
Microsoft Office Shared MUI (Chinese (Simplified)) 2010
Microsoft Office Word MUI (Chinese (Simplified)) 2010
Microsoft Save as PDF or XPS Add-in for 2007 Microsoft Office programs
Microsoft OneDrive
Adobe Acrobat Reader DC - Chinese Simplified
Adobe Reader XI (11.0.23) - Chinese Simplified
Foxit Reader
福昕阅读器
CAJViewer 7.3
""".strip().splitlines()

NEEDS_ONE = """
Microsoft Office Professional Plus 2016
Microsoft Visio Professional 2016
Microsoft Access 2016
Microsoft Project Standard 2013
WPS Office 2019 专业版
""".strip().splitlines()


def test_viewers_runtimes_and_add_ins_are_no_copies_and_their_products_are():
    told = Engine.load().match(pl.DataFrame({"name": NEEDS_NONE + NEEDS_ONE}), name="name")
    counted = told.filter(
        (pl.col("lm_status") == "recognised") & pl.col("lm_role").is_in(LICENSABLE_ROLES) & (pl.col("lm_category") == "office")
    )
    assert counted["name"].to_list() == NEEDS_ONE
