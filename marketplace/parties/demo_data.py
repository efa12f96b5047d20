"""Who is in the demo enterprise, and by which nodes the seller sorts its partners."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Person:
    """A member of the demo: mailbox at the organization's domain, name, preset role, language."""

    mailbox: str
    name: str
    preset: str
    language: str = "zh-hans"


@dataclass(frozen=True)
class DemoOrganization:
    """An organization of the demo with its people and addresses."""

    code: str
    name: str
    kinds: tuple[str, ...]
    people: tuple[Person, ...] = ()
    addresses: tuple[dict[str, str], ...] = ()
    draft: dict[str, Any] = field(default_factory=dict)


XINGHE = DemoOrganization(
    "xinghe",
    "星河家居 Xinghe Home",
    ("seller",),
    (
        Person("owner", "陈启明", "seller_owner"),
        Person("sales", "李娜", "seller_sales"),
        Person("pricing", "周涛", "seller_pricing"),
        Person("warehouse", "吴强", "seller_warehouse"),
        Person("finance", "郑敏", "seller_finance"),
    ),
    (
        {"label": "上海总部", "contact": "陈启明", "phone": "021-5888 1200", "region": "上海市", "city": "上海市",
         "district": "青浦区", "street": "华徐公路 888 号", "postal_code": "201708"},
    ),
)  # fmt: skip
YUNQI = DemoOrganization(
    "yunqi",
    "杭州云栖百货 Yunqi Trading",
    ("dealer", "seller"),
    (
        Person("owner", "沈国华", "dealer_owner"),
        Person("buyer", "王芳", "dealer_buyer"),
        Person("finance", "赵丽", "dealer_finance"),
    ),
    (
        {"label": "云栖仓库", "contact": "王芳", "phone": "0571-8765 4321", "region": "浙江省", "city": "杭州市",
         "district": "西湖区", "street": "云栖小镇 17 号", "postal_code": "310024"},
        {"label": "武林门店", "contact": "孙洁", "phone": "0571-8520 1100", "region": "浙江省", "city": "杭州市",
         "district": "拱墅区", "street": "武林路 268 号", "postal_code": "310006"},
    ),
)  # fmt: skip
JINLI = DemoOrganization(
    "jinli",
    "成都锦里商贸 Jinli Trading",
    ("dealer",),
    (Person("owner", "何建军", "dealer_owner"), Person("buyer", "刘洋", "dealer_buyer")),
    (
        {"label": "锦里仓库", "contact": "刘洋", "phone": "028-8612 3456", "region": "四川省", "city": "成都市",
         "district": "武侯区", "street": "武侯祠大街 231 号", "postal_code": "610041"},
    ),
)  # fmt: skip
HARBOUR = DemoOrganization(
    "harbour",
    "Harbour Wholesale",
    ("dealer",),
    (
        Person("owner", "Margaret Shaw", "dealer_owner", "en"),
        Person("buyer", "James Carter", "dealer_buyer", "en"),
    ),
    (
        {"label": "Bristol warehouse", "contact": "James Carter", "phone": "+44 117 496 0123", "country": "GB",
         "region": "", "city": "Bristol", "street": "12 Quay Street", "postal_code": "BS1 4DJ"},
    ),
    {"country": "GB", "language": "en", "time_zone": "Europe/London"},
)  # fmt: skip
XIXI = DemoOrganization(
    "xixi",
    "西溪便利店 Xixi Corner Shop",
    ("dealer",),
    (Person("owner", "钱小红", "dealer_owner"),),
    (
        {"label": "门店", "contact": "钱小红", "phone": "0571-8899 0011", "region": "浙江省", "city": "杭州市",
         "district": "余杭区", "street": "文二西路 712 号", "postal_code": "311121"},
    ),
)  # fmt: skip
ALL = (XINGHE, YUNQI, JINLI, HARBOUR, XIXI)

# Nodes as code, Chinese, English, code of the parent.
UNIT_ROWS = (
    ("HQ", "总部", "Head office", None),
    ("SALES", "销售部", "Sales", "HQ"),
    ("LOGISTICS", "物流部", "Logistics", "HQ"),
)
GROUP_ROWS = (
    ("CHINA", "国内", "China", None),
    ("EAST", "华东", "East", "CHINA"),
    ("WEST", "西部", "West", "CHINA"),
    ("EXPORT", "出口", "Export", None),
)
GRADE_ROWS = (("A", "A 级", "A", None), ("B", "B 级", "B", None), ("C", "C 级", "C", None))
TERRITORY_ROWS = (
    ("CN", "中国", "China", None),
    ("ZJ", "浙江", "Zhejiang", "CN"),
    ("SC", "四川", "Sichuan", "CN"),
    ("GB", "英国", "United Kingdom", None),
)
