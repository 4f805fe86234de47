"""What is known of each licence row: its channel, its key, the host that answered, and what the owner's papers say about it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import polars as pl

from licmatch.assess.facts.columns import day, first_case, looked_up, moment, of_device, with_device
from licmatch.assess.facts.distinct import Distinct
from licmatch.assess.facts.licensing import licensing_table
from licmatch.assess.facts.lots import Lots, Question
from licmatch.assess.organisation import Organisation
from licmatch.ingest.canonical_table import last_five_column
from licmatch.ingest.values import MASKED, PLACEHOLDERS
from licmatch.signatures.key_servers import KeyServers
from licmatch.signatures.trace_texts import host_text

# PPPPP-GGGGG-KKK-KKKKKK-03-LCID-BUILD.0000-DDDYYYY: the extended id of the host that answered.
_EPID = r"^\d{5}-\d{5}-\d{3}-\d{6}-\d{2}-(\d{1,5})-(\d{4,5})\.\d{4}-(\d{3})(\d{4})$"
# The first day a KMS host of any kind could have been activated: Windows Vista for volume customers.
_KMS_BEGAN = date(2006, 11, 30)
# The line of licences a row is about, by its product line.
LINES = {"windows-client": "os.windows", "windows-server": "os.windows-server", "office-suite": "office.microsoft-office",
          "visio": "office.microsoft-visio", "project": "office.microsoft-project"}  # fmt: skip
CATEGORY_OF = {"windows": "os", "office": "office"}
_EDITIONS = (
    ("enterpriseg", "government"), ("enterprise", "enterprise"), ("iotenterprise", "enterprise"), ("professionaleducation", "education"),
    ("education", "education"), ("professional", "professional"), ("core", "home"), ("home", "home"), ("starter", "home"),
    ("ultimate", "ultimate"), ("serverdatacenter", "datacenter"), ("serverstandard", "standard"),
)  # fmt: skip
_EDITION_WORDS = (
    (r"神州网信|政府版|china government", "government"), (r"education|教育", "education"), (r"enterprise|企业", "enterprise"),
    (r"ultimate|旗舰", "ultimate"), (r"\bpro|专业", "professional"), (r"home|core|家庭", "home"), (r"starter|入门|简易", "home"),
)  # fmt: skip
# An Office licence carries its channel in its name: `Office 16, Office16ProPlusVL_KMS_Client edition`.
_OFFICE_NAMES = ((r"[_-]KMS_Client", "Volume:GVLK"), (r"_MAK(?:_|\b)", "Volume:MAK"))
# What would pass for five characters of a key, and says that there is none.
_NO_KEYS = sorted({word.upper() for word in PLACEHOLDERS} | {MASKED})
_HEIGHTS = {"home": 1, "professional": 2, "enterprise": 3, "education": 3}


# What names the licence a row is about; an estate has a few hundred of these together, whatever its size.
_NAMED_BY = ("application", "product_name", "description", "activation_id", "channel", "edition_id", "license_family")
_ANSWERED_BY = ("kms_host", "ad_object", "status_reason", "evaluation_end")


def licence_rows(activations: pl.DataFrame, devices: pl.DataFrame, emulator_epids: Collection[str]) -> pl.DataFrame:
    """Return one row an activation record of a known device, with `place` (its row, from 0) and what the record itself says.

    `devices`: device, device_id. `emulator_epids`: ePIDs that only emulators answer with.
    """
    # The service lists every licence it knows of; one without a key and without a state is no copy.
    template = (pl.col("license_status") == 0) & pl.col("partial_product_key").is_null()
    rows = with_device(activations.with_row_index("place").filter(~template.fill_null(False)), devices)
    rows = rows.rename({"partial_product_key": "last5"})
    licences = _licences(Distinct.of(rows, _NAMED_BY))
    rows = licences.on(rows.drop(_NAMED_BY))
    answers = Distinct.of(rows, _ANSWERED_BY)
    rows = Distinct(_answers(answers.frame), answers.at).on(rows.drop(_ANSWERED_BY))
    rows = Distinct.of(rows, ["collected_at"]).reading(row_day=day("collected_at"), row_time=moment("collected_at")).on(rows)
    licensed = pl.col("license_status") == 1
    rows = rows.with_columns(
        key_serial=_serial(pl.col("product_key_id")),
        last5=_last_five(rows["last5"]),
        oa3_partial_key=pl.col("oa3_partial_key").str.strip_chars().str.to_uppercase(),
        kms_epid=pl.when(pl.col("kms_epid") != "").then("kms_epid"),
        lease_end=pl.col("row_time") + pl.duration(minutes=pl.col("grace_minutes")),
        licensed=licensed.fill_null(False).cast(pl.Int64),
        application_number=licences.by(["application"]).at,
    )
    others = pl.col("licensed").sum().over("device", "application_number") - pl.col("licensed")
    rows = rows.with_columns(key_classes=_key_classes(rows))
    # A published client key is on nobody's retail licence; where the row says no channel, its key does.
    client_key = pl.col("key_classes").list.contains("gvlk_published")
    return looked_up(rows, "kms_epid", _epids(rows, emulator_epids)).with_columns(
        channel=pl.coalesce("channel", pl.when(client_key).then(pl.lit("Volume:GVLK"))),
        other_licensed_row=pl.when(pl.col("application").is_not_null()).then(others > 0).otherwise(False),
    )


def _licences(named: Distinct) -> Distinct:
    """What the names of a licence say: its channel, its product line, its edition, what its lists call it."""
    edition = pl.col("product_name").str.extract(r"(?:^|[,\s])([A-Za-z0-9_]+) edition$")
    read = named.frame.with_columns(
        application=pl.col("application").str.to_lowercase(),
        license_family=pl.coalesce("license_family", edition),
        edition_id=pl.coalesce("edition_id", pl.when(pl.col("application").str.to_lowercase() == "windows").then(edition)),
        activation_id=pl.col("activation_id").str.to_lowercase(),
    )
    read = read.with_columns(channel=_channel(read), product_line=_product_line())
    read = read.with_columns(
        core=_core(pl.coalesce("license_family", "product_name")),
        lab_host_key=pl.col("activation_id").is_in(_lab_host_keys()),
        edition_class=_edition_class(),
        line=pl.col("product_line").replace_strict(LINES, default=None, return_dtype=pl.String),
        esu_licence=pl.col("product_name").str.contains(r"(?i)\besu\b|extended security updates"),
        category=pl.col("application").replace_strict(CATEGORY_OF, default=None, return_dtype=pl.String),
    )
    return Distinct(read.with_columns(edition_height=_height(pl.col("edition_class"))), named.at)


def _answers(answered: pl.DataFrame) -> pl.DataFrame:
    """Who activated the copy, and with which reason, as the licensing service says it."""
    return answered.with_columns(
        kms_host=host_text(pl.col("kms_host")),
        status_reason="0x" + pl.col("status_reason").str.to_uppercase().str.extract(r"(?:0X)?([0-9A-F]{8})"),
        evaluation_end=day("evaluation_end"),
        # The licensing service's own field for "nobody activated this" is an empty text, not silence.
        activated_by_nobody=pl.when(pl.col("kms_host").is_not_null() & pl.col("ad_object").is_not_null())
        .then((pl.col("kms_host").str.strip_chars() == "") & (pl.col("ad_object").str.strip_chars() == "")),
    ).with_columns(pl.when(pl.col(name) != "").then(name).alias(name) for name in ("kms_host", "ad_object"))  # fmt: skip


def with_owner(rows: pl.DataFrame, devices: pl.DataFrame, lots: Lots, owner: Organisation) -> pl.DataFrame:
    """Return the rows with what the owner's facts and papers say about them. `devices`: as of `device_facts`."""
    placed = of_device(rows, _of_device(devices), *_DEVICE_SAYS)
    placed = looked_up(placed, "kms_host", _host_classes(placed, owner))
    own_host = _is_own(placed, devices)
    services = [service.host.lower() for service in owner.kms_srv]
    makes = {mak.upper(): agreement.quantity for agreement in owner.volume_agreements or () for mak in agreement.mak}
    # An agreement that lists none of its MAKs says of no key that it is not its own.
    agreements = lots.frame.filter(pl.col("lists_mak").is_not_null()).group_by("line").agg(pl.col("lists_mak").all())
    told = agreements.filter("lists_mak")["line"].implode()
    windows = pl.col("application") == "windows"
    c2r = pl.col("c2r_products").is_not_null() & (pl.col("application") == "office")
    placed = placed.with_columns(
        kms_host_class=pl.when(own_host & (pl.col("kms_host_class") != "azure")).then(pl.lit("own")).otherwise("kms_host_class"),
        firmware_edition_lower=pl.col("firmware_height") < pl.col("edition_height"),
        edition_conflict=pl.when(windows).then(pl.col("os_class") != pl.col("edition_class")),
        kms_srv_differs=pl.when(pl.lit(bool(services)) & pl.col("domain_joined") & pl.col("kms_host").is_not_null())
        .then(~pl.col("kms_host").is_in(services)),
        epid_locale_known=pl.when(pl.lit(bool(owner.locales))).then(pl.col("epid_locale").is_in(owner.locales)),
        mak_registered=pl.when(pl.col("last5").is_in(list(makes))).then(True)
        .when(pl.col("line").is_in(told) & pl.col("last5").is_not_null()).then(False),
        mak_quantity=pl.col("last5").replace_strict(makes, default=None, return_dtype=pl.Int64) if makes else pl.lit(None, pl.Int64),
        retail_office_bought=pl.when(c2r).then("c2r_retail"),
    )  # fmt: skip
    placed = looked_up(placed, "last5", _mak_devices(placed))
    placed = placed.join(_key_sharers(placed), on=["last5", "product_name"], how="left", maintain_order="left")
    placed = placed.with_columns(developer_subscription=lots.for_developers())
    placed = placed.with_columns(mak_devices=pl.when(pl.col("channel") == "Volume:MAK").then("mak_devices"), epid_faults=_epid_faults())
    groups = Distinct.of(placed, ["unit_id"]).beside(Distinct.of(placed, ["line", "edition_class"]))
    volume, government = pl.col("volume"), pl.col("family_id").str.contains("china-government") | (pl.col("edition_class") == "government")
    # Enterprise is sold by agreement and subscription alone; what comes with a computer is IoT Enterprise, or a lot that says so.
    by_maker = pl.col("edition_id").str.starts_with("iot-") | (pl.col("channel").str.to_lowercase() == "oem")
    enterprise = pl.col("edition_id").str.starts_with("enterprise")
    bought = lots.flags(
        placed,
        groups,
        volume_owned=Question(lots.given, volume),
        edition_bought=Question(lots.entitlements_given, edition=True),
        bought_singly=Question(lots.entitlements_given, ~volume),
        came_with_device=Question(lots.entitlements_given, by_maker, edition=True),
        purchased=Question(lots.entitlements_given),
        enterprise_owned=Question(lots.given, volume | enterprise, edition=True, line="os.windows", edition_class="enterprise"),
        government_edition_bought=Question(lots.given, government, line="os.windows"),
    )
    return bought.with_columns(purchase_missing=pl.when(pl.lit(owner.purchases_complete)).then(~pl.col("purchased")))


_DEVICE_SAYS = (
    "unit_id", "domain_joined", "c2r_products", "c2r_retail", "os_class", "firmware_class", "firmware_height", "machine", "device_id",
)  # fmt: skip


def _of_device(devices: pl.DataFrame) -> pl.DataFrame:
    """What the rows need of their device (`_DEVICE_SAYS`): editions and sold products are read once a distinct text."""
    editions = Distinct.of(devices, ["os_name", "firmware_edition"]).reading(
        os_class=_edition_words(pl.col("os_name")), firmware_class=_edition_words(pl.col("firmware_edition"))
    )
    editions = editions.reading(firmware_height=_height(pl.col("firmware_class")))
    bought = Distinct.of(devices, ["c2r_products"]).reading(c2r_retail=pl.col("c2r_products").str.contains(r"(?i)retail"))
    return bought.on(editions.on(devices, "os_class", "firmware_class", "firmware_height"), "c2r_retail")


def _is_own(rows: pl.DataFrame, devices: pl.DataFrame) -> pl.Series:
    """Whether the KMS host is the device itself, by its name or one of its addresses."""
    asked = rows["kms_host"].is_not_null().arg_true()
    host = pl.col("hostname").str.to_lowercase().str.extract(r"^([^.]+)")
    by_address = pl.col("addresses").list.contains(pl.col("kms_host")).fill_null(False)
    # Few rows name a host, and lists of addresses are dear to copy.
    named = of_device(rows.select("kms_host", "kms_host_short", "device")[asked], devices, "hostname", "addresses")
    own = named.select(own=(pl.col("kms_host_short") == host).fill_null(False) | by_address)
    return pl.repeat(False, rows.height, dtype=pl.Boolean, eager=True).scatter(asked, own["own"])


def _epid_faults() -> pl.Expr:
    faults = [
        ~pl.col("epid_locale_known"),
        pl.col("epid_activated_on") > pl.coalesce("row_day", "epid_activated_on"),
        pl.col("epid_activated_on") < pl.lit(_KMS_BEGAN),
        ~pl.col("epid_host_is_server"),
    ]
    together = pl.sum_horizontal(fault.fill_null(False).cast(pl.Int64) for fault in faults)
    return pl.when(pl.col("kms_epid").is_not_null()).then(together)


def _last_five(column: pl.Series) -> pl.Series:
    """The last five of keys; most stand so already, and only the others are read."""
    plain = column.str.contains(r"^[0-9A-Z]{5}$") & ~column.is_in(_NO_KEYS)
    others = (~plain).fill_null(False).arg_true()
    return column.scatter(others, column.gather(others).to_frame().select(last_five_column(pl.col(column.name))).to_series())


def _mak_devices(rows: pl.DataFrame) -> pl.DataFrame:
    """last5, mak_devices: computers with each MAK; the records of one machine count once."""
    counted = rows.filter(pl.col("channel") == "Volume:MAK").drop_nulls("last5").group_by("last5")
    return counted.agg(mak_devices=pl.col("machine").n_unique().cast(pl.Int64))


def _key_sharers(rows: pl.DataFrame) -> pl.DataFrame:
    """last5, product_name, key_devices, key_units: computers and units with each retail key; records of one machine count once."""
    counted = rows.filter(pl.col("channel") == "Retail").drop_nulls(["last5", "product_name"]).group_by("last5", "product_name")
    return counted.agg(key_devices=pl.col("machine").n_unique().cast(pl.Int64), key_units=pl.col("unit_id").n_unique().cast(pl.Int64))


def _serial(product_key_id: pl.Expr) -> pl.Expr:
    """Key group and serial number of an extended product id; a serial of zeros is everybody's."""
    serial = product_key_id.str.extract(r"^\d{5}-(\d{5}-\d{3}-\d{6})-")
    return pl.when(~serial.str.ends_with("-000-000000")).then(serial)


def _edition_words(text: pl.Expr) -> pl.Expr:
    """The class of edition that words name, Chinese or English; null where none stands in them."""
    low = text.str.to_lowercase()
    return first_case((low.str.contains(words), name) for words, name in _EDITION_WORDS)


def _height(edition: pl.Expr) -> pl.Expr:
    return edition.replace_strict(_HEIGHTS, default=None, return_dtype=pl.Int64)


def _channel(licences: pl.DataFrame) -> pl.Series:
    """The channel: what the row says, else its description's token, else what its SKU id is known as."""
    tokens = {row["token"].upper(): row["channel"] for row in licensing_table("channels").iter_rows(named=True)}
    ids = (
        licensing_table("activation_ids")
        .filter(pl.col("channel").str.len_bytes() > 0)
        .unique("activation_id", keep="first", maintain_order=True)
    )
    known = sorted(set(tokens.values()))
    token = pl.col("description").str.to_uppercase().str.extract(r"([A-Z0-9_()]+)(?:\s+CHANNEL)?\s*$")
    of_row = pl.when(pl.col("channel").is_in(known)).then("channel").otherwise(
        pl.coalesce(pl.col("channel").str.to_uppercase().replace_strict(tokens, default=None, return_dtype=pl.String), "channel")
    )  # fmt: skip
    of_words = token.replace_strict(tokens, default=None, return_dtype=pl.String)
    met = looked_up(licences, "activation_id", ids.select("activation_id", of_id="channel"))
    of_name = first_case((pl.col("product_name").str.contains(f"(?i){words}"), channel) for words, channel in _OFFICE_NAMES)
    named = pl.when(pl.col("application") == "office").then(of_name)
    return met.select(channel=pl.coalesce(of_row, of_words, "of_id", named))["channel"]


def _epids(rows: pl.DataFrame, emulators: Collection[str]) -> pl.DataFrame:
    hosts = licensing_table("builds").filter(pl.col("kms_host") == "yes")["build"].cast(pl.Int64).unique().implode()
    known = licensing_table("builds")["build"].cast(pl.Int64).unique().implode()
    epids = rows.select("kms_epid").drop_nulls().unique().sort("kms_epid")
    build = pl.col("epid").struct[1].cast(pl.Int64, strict=False)
    days = pl.col("epid").struct[2].cast(pl.Int64, strict=False)
    year = pl.col("epid").struct[3].cast(pl.Int32, strict=False)
    return epids.with_columns(epid=pl.col("kms_epid").str.extract_groups(_EPID)).select(
        "kms_epid",
        epid_emulator=pl.col("kms_epid").is_in(sorted(emulators)),
        epid_locale=pl.col("epid").struct[0].cast(pl.Int64, strict=False),
        epid_host_build=build,
        epid_host_is_server=pl.when(build.is_in(known)).then(build.is_in(hosts)),
        epid_activated_on=pl.when(days.is_between(1, 366) & year.is_between(1990, 2200)).then(
            pl.date(year, 1, 1) + pl.duration(days=days - 1)
        ),
    )


def _product_line() -> pl.Expr:
    text = pl.concat_str(pl.col("application", "license_family", "product_name").fill_null(""), separator="\t").str.to_lowercase()
    windows, office = text.str.starts_with("windows"), text.str.starts_with("office")
    return (
        pl.when(windows & text.str.contains(r"server")).then(pl.lit("windows-server"))
        .when(windows).then(pl.lit("windows-client"))
        .when(office & text.str.contains("visio")).then(pl.lit("visio"))
        .when(office & text.str.contains("project")).then(pl.lit("project"))
        .when(office & text.str.contains(r"proplus|professional|standard|homebus|homestudent|o365|mondo|smallbus|personal|home20|suite"))
        .then(pl.lit("office-suite"))
        .when(office).then(pl.lit("office-app"))
    )  # fmt: skip


def _key_classes(rows: pl.DataFrame) -> pl.Series:
    """What the last five of each row are known as, for the product the row is about.

    Five letters are few: one Office key in 37,000 ends like some key on the lists by chance, so the products must agree.
    """
    said = {name: pl.col(name) == "yes" for name in ("retail_only", "preview")}
    kinds = [
        (said["retail_only"], "gvlk_retail_only"), (said["preview"], "gvlk_preview"), (pl.col("published") == "no", "gvlk_unpublished"),
    ]  # fmt: skip
    nothing = pl.lit(None, pl.String)
    client = licensing_table("client_keys").select(
        "last5", "application", key_class=first_case(kinds, pl.lit("gvlk_published")), known_core=nothing
    )
    known = licensing_table("known_keys").select("last5", "application", key_class="class", known_core=_listed_core(pl.col("product")))
    both = pl.concat([client, known]).with_columns(pl.col("application").str.to_lowercase()).unique(maintain_order=True)
    # A value that is published for one product is not "unpublished" because a list of another names it too.
    published = both.filter(pl.col("key_class") == "gvlk_published").select("last5", "application")
    lesser = both.filter(pl.col("key_class") == "gvlk_unpublished").join(published, on=["last5", "application"], how="semi")
    listed = both.join(lesser, on=["last5", "application", "key_class"], how="anti")
    listed_here = rows["last5"].is_in(listed["last5"].unique().implode()) & rows["application"].is_not_null()
    at = listed_here.arg_true()
    asked = Distinct.of(rows[at].select("last5", "application", "core"), ["last5", "application", "core"])
    keys = asked.frame.with_row_index("key")
    met = keys.join(listed, on=["last5", "application"], how="left").filter(
        pl.col("known_core").is_null() | pl.col("core").is_null() | (pl.col("known_core") == pl.col("core"))
    )
    classes = keys.select("key").join(
        met.group_by("key").agg(key_classes=pl.col("key_class").drop_nulls().unique().sort()), on="key", how="left", maintain_order="left"
    )
    # A key that was seen and is on no list has no class; a key nobody saw is unknown.
    none: list[str] = []
    told = pl.concat([classes["key_classes"], pl.Series("key_classes", [none], dtype=pl.List(pl.String))]).fill_null(
        pl.lit(none, dtype=pl.List(pl.String))
    )
    number = rows.select(
        pl.when(pl.col("last5").is_not_null() & pl.col("application").is_not_null()).then(pl.lit(keys.height, pl.UInt32))
    ).to_series()
    return told.gather(number.scatter(at, asked.at))


def _core(family: pl.Expr) -> pl.Expr:
    """What an Office licence is for, without version, year and way of sale: `Office16ProPlusVL_KMS_Client` is `proplus`."""
    core = family.str.extract(r"(?i)\boffice\d\d([a-z]+?)(?:20\d\d)?(?:vl|r|msdnr|sub|pipcr?|spla)*(?:20\d\d)?(?:vl|r)?(?:_|\s|$)")
    return core.str.to_lowercase()


def _listed_core(product: pl.Expr) -> pl.Expr:
    """The same out of the lists' own spelling: `Office v16.0 (2019) ProPlus2019Volume`."""
    name = product.str.extract(r"^Office v1[56]\.0 \(\w+\) ([A-Za-z]+?)(?:20\d\d)?(?:Pipc|SPLA)?(?:20\d\d)?(?:Retail|Volume)")
    return name.str.to_lowercase()


def _lab_host_keys() -> list[str]:
    return licensing_table("host_keys").filter(pl.col("lab") == "yes")["activation_id"].str.to_lowercase().unique().sort().to_list()


def _host_classes(rows: pl.DataFrame, owner: Organisation) -> pl.DataFrame:
    """kms_host and what is known of each: its class, its short name, whether the owner registered it, whether several units use it."""
    shared = rows.select("kms_host", "unit_id").drop_nulls("kms_host").unique().group_by("kms_host").agg(kms_host_shared=pl.len() > 1)
    hosts = shared.sort("kms_host")
    registered = owner.registered_hosts()
    return hosts.with_columns(
        kms_host_class=KeyServers.load().classify(hosts["kms_host"]),
        kms_host_registered=pl.col("kms_host").is_in(registered),
        kms_host_short=pl.col("kms_host").str.extract(r"^([^.]+)"),
    )


def _edition_class() -> pl.Expr:
    text = pl.coalesce("edition_id", "license_family").str.to_lowercase()
    windows, office = pl.col("application") == "windows", pl.col("application") == "office"
    return first_case(
        [
            *((windows & text.str.starts_with(prefix), name) for prefix, name in _EDITIONS),
            (office & text.str.contains("proplus"), "professional-plus"),
            (office & text.str.contains("standard"), "standard"),
        ]
    )
