"""A small house to be asked about: the plan of the example hall, with matters of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from msgspec.structs import replace

from config.hall import load_hall
from hall.contract import Counter, Directory, Hours, Item, LifeEvent, Material, Phone, Said, Service, Unit
from hall.directory import directory_of

EXAMPLE = Path("config/examples/hall.toml").resolve()

SERVICES = [
    Service(code="12", name="养老待遇与社保卡", name_en="Pensions and cards", theme="社会保障", theme_en="Security"),
    Service(code="21", name="企业开办与变更", name_en="Company registration", theme="市场准入", theme_en="Market"),
    Service(code="32", name="居民身份证", name_en="Resident identity cards", theme="户籍", theme_en="Household"),
    Service(code="41", name="不动产登记", name_en="Real estate registration", theme="不动产", theme_en="Real estate"),
]
UNITS = [
    Unit(code="police", name="县公安局", name_en="County police", phone="0790-5550110"),
    Unit(code="market", name="县市场监管局", name_en="Market regulation"),
    Unit(code="social", name="县人社局", name_en="Human resources and social security"),
]
ID_CARD = Item(
    code="id-card",
    name="居民身份证换领",
    name_en="Identity card renewal",
    service="32",
    unit="police",
    audience="person",
    basis=Said(zh="《中华人民共和国居民身份证法》第十一条", en="Resident Identity Card Law, article 11"),
    materials=[
        Material(name="居民户口簿", name_en="Household register", copies=1),
        Material(name="原居民身份证", name_en="The old identity card"),
    ],
    steps=[
        Said(zh="申请", en="Apply"),
        Said(zh="拍照、采集指纹", en="Photo and fingerprints"),
        Said(zh="领证", en="Collect it"),
    ],
    statutory_days=60,
    promised_days=20,
    fee=Said(zh="20 元，发改价格〔2003〕2322 号", en="20 yuan, by notice 2322 of 2003"),
    online=Said(zh="换领可在政务服务网申请", en="Can be applied for on the government service site"),
    also_called=["换身份证", "身份证到期"],
    initials=["jmsfzhl", "hsfz", "sfzdq"],
)  # fmt: skip
COMPANY = Item(
    code="company",
    name="有限责任公司设立登记",
    name_en="Founding a limited company",
    service="21",
    unit="market",
    audience="company",
    basis=Said(zh="《中华人民共和国公司法》第二十九条"),
    materials=[Material(name="公司登记申请书", name_en="Application form")],
    steps=[Said(zh="申请", en="Apply"), Said(zh="发照", en="Licence")],
    statutory_days=15,
    promised_days=1,
    fee=Said(zh="不收费", en="Free"),
    also_called=["开公司", "办营业执照"],
    initials=["yxzrgssldj", "kgs", "byyzz"],
)
CARD = Item(
    code="social-card",
    name="社会保障卡补领",
    name_en="Social security card replacement",
    service="12",
    unit="social",
    audience="both",
    basis=Said(zh="《社会保障卡管理办法》第十二条", en="Rules for social security cards, article 12"),
    steps=[Said(zh="当场补办", en="Replaced while you wait")],
    promised_days=0,
    fee=Said(zh="不收费", en="Free"),
    self_service=Said(zh="一楼自助区可以补卡", en="Also at the self-service machines on floor 1"),
    initials=["shbzkbl"],
)
PHONES = [
    Phone(kind="information", name="咨询电话", name_en="Information", number="0790-5550000"),
    Phone(kind="complaint", name="投诉电话", name_en="Complaints", number="12345"),
    Phone(kind="hotline", name="投资服务热线", name_en="Investment hotline", number="96196"),
]
SUMMER = Hours(weekdays=[1, 2, 3, 4, 5], opens="08:30", closes="18:00", begins="06-01", ends="09-30")
WINTER = Hours(weekdays=[1, 2, 3, 4, 5], opens="09:00", closes="17:30", begins="10-01", ends="05-31")


@cache
def house() -> Directory:
    """The directory of this house; its windows 1–3 and its plan are the example's."""
    settings, written = load_hall(EXAMPLE)
    assert settings.values.hall.name
    windows = [
        Counter(number=1, name="社保医保综合窗口", name_en="Social security", services=["12"], phone="0790-5550101"),
        Counter(number=2, name="企业税费综合窗口", name_en="Business and taxes", services=["21"], phone="0790-5550102"),
        Counter(number=3, name="户籍不动产综合窗口", name_en="Household and housing", services=["32", "41"]),
    ]
    return replace(
        directory_of(written.values),
        digest="5a1f00c0ffee0001",
        units=UNITS,
        items=[ID_CARD, COMPANY, CARD],
        events=[LifeEvent(code="shop", name="我要开店", name_en="Opening a shop", items=["company", "social-card"])],
        hours=[SUMMER, WINTER],
        phones=PHONES,
        windows=windows,
    )
