"""Countries, currencies and time zones to choose from; a value outside these lists stays choosable where it is set."""

from django import template
from django.utils import translation

register = template.Library()
Choices = list[tuple[str, str]]

COUNTRIES = """
CN 中国|China;HK 中国香港|Hong Kong, China;MO 中国澳门|Macao, China;TW 中国台湾|Taiwan, China;
AE 阿联酋|United Arab Emirates;AR 阿根廷|Argentina;AT 奥地利|Austria;AU 澳大利亚|Australia;BD 孟加拉国|Bangladesh;
BE 比利时|Belgium;BG 保加利亚|Bulgaria;BH 巴林|Bahrain;BR 巴西|Brazil;CA 加拿大|Canada;CH 瑞士|Switzerland;
CL 智利|Chile;CO 哥伦比亚|Colombia;CZ 捷克|Czechia;DE 德国|Germany;DK 丹麦|Denmark;EE 爱沙尼亚|Estonia;EG 埃及|Egypt;
ES 西班牙|Spain;FI 芬兰|Finland;FR 法国|France;GB 英国|United Kingdom;GR 希腊|Greece;HR 克罗地亚|Croatia;
HU 匈牙利|Hungary;ID 印度尼西亚|Indonesia;IE 爱尔兰|Ireland;IL 以色列|Israel;IN 印度|India;IT 意大利|Italy;
JP 日本|Japan;KE 肯尼亚|Kenya;KH 柬埔寨|Cambodia;KR 韩国|South Korea;KW 科威特|Kuwait;KZ 哈萨克斯坦|Kazakhstan;
LA 老挝|Laos;LK 斯里兰卡|Sri Lanka;LT 立陶宛|Lithuania;LU 卢森堡|Luxembourg;LV 拉脱维亚|Latvia;MA 摩洛哥|Morocco;
MM 缅甸|Myanmar;MN 蒙古|Mongolia;MX 墨西哥|Mexico;MY 马来西亚|Malaysia;NG 尼日利亚|Nigeria;NL 荷兰|Netherlands;
NO 挪威|Norway;NZ 新西兰|New Zealand;OM 阿曼|Oman;PE 秘鲁|Peru;PH 菲律宾|Philippines;PK 巴基斯坦|Pakistan;
PL 波兰|Poland;PT 葡萄牙|Portugal;QA 卡塔尔|Qatar;RO 罗马尼亚|Romania;RS 塞尔维亚|Serbia;RU 俄罗斯|Russia;
SA 沙特阿拉伯|Saudi Arabia;SE 瑞典|Sweden;SG 新加坡|Singapore;SI 斯洛文尼亚|Slovenia;SK 斯洛伐克|Slovakia;
TH 泰国|Thailand;TR 土耳其|Türkiye;UA 乌克兰|Ukraine;US 美国|United States;UZ 乌兹别克斯坦|Uzbekistan;VN 越南|Vietnam;
ZA 南非|South Africa
"""
CURRENCIES = """
CNY 人民币|Chinese yuan;USD 美元|US dollar;EUR 欧元|Euro;GBP 英镑|Pound sterling;HKD 港元|Hong Kong dollar;
JPY 日元|Japanese yen;AED 阿联酋迪拉姆|UAE dirham;AUD 澳元|Australian dollar;BRL 巴西雷亚尔|Brazilian real;
CAD 加元|Canadian dollar;CHF 瑞士法郎|Swiss franc;IDR 印度尼西亚盾|Indonesian rupiah;INR 印度卢比|Indian rupee;
KRW 韩元|South Korean won;KWD 科威特第纳尔|Kuwaiti dinar;MXN 墨西哥比索|Mexican peso;
MYR 马来西亚林吉特|Malaysian ringgit;NZD 新西兰元|New Zealand dollar;PHP 菲律宾比索|Philippine peso;
PLN 波兰兹罗提|Polish złoty;RUB 俄罗斯卢布|Russian rouble;SAR 沙特里亚尔|Saudi riyal;SEK 瑞典克朗|Swedish krona;
SGD 新加坡元|Singapore dollar;THB 泰铢|Thai baht;TRY 土耳其里拉|Turkish lira;TWD 新台币|New Taiwan dollar;
VND 越南盾|Vietnamese đồng;ZAR 南非兰特|South African rand
"""
ZONES = """
Asia/Shanghai Asia/Hong_Kong Asia/Taipei Asia/Tokyo Asia/Seoul Asia/Singapore Asia/Kuala_Lumpur Asia/Bangkok
Asia/Ho_Chi_Minh Asia/Jakarta Asia/Manila Asia/Dhaka Asia/Kolkata Asia/Karachi Asia/Almaty Asia/Dubai Asia/Riyadh
Europe/Moscow Europe/Istanbul Europe/Athens Europe/Warsaw Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome
Europe/Amsterdam Europe/Lisbon Europe/London Africa/Cairo Africa/Johannesburg Africa/Lagos America/Sao_Paulo
America/Argentina/Buenos_Aires America/New_York America/Toronto America/Chicago America/Mexico_City America/Denver
America/Los_Angeles America/Vancouver Australia/Perth Australia/Sydney Pacific/Auckland UTC
"""


def _table(text: str) -> dict[str, tuple[str, str]]:
    found = {}
    for entry in text.replace("\n", "").split(";"):
        code, names = entry.split(" ", 1)
        chinese, english = names.split("|")
        found[code] = (chinese, english)
    return found


NAMES = {"country": _table(COUNTRIES), "currency": _table(CURRENCIES)}


def _named(kind: str, code: str) -> str:
    both = NAMES[kind].get(code)
    if both is None:
        return code
    return both[0] if (translation.get_language() or "").startswith("zh") else both[1]


@register.filter
def country_name(code: str) -> str:
    """A country in the reader's language."""
    return _named("country", code)


@register.simple_tag
def countries(now: str = "") -> Choices:
    """Countries by their name, the most usual ones first."""
    return [(code, _named("country", code)) for code in _with(NAMES["country"], now)]


@register.simple_tag
def currencies(now: str = "") -> Choices:
    """Currencies with their codes."""
    return [(code, f"{code} · {_named('currency', code)}") for code in _with(NAMES["currency"], now)]


@register.simple_tag
def zones(now: str = "") -> Choices:
    """Time zones by a city."""
    return [(zone, zone.replace("_", " ")) for zone in _with(ZONES.split(), now)]


def _with(known: dict[str, tuple[str, str]] | list[str], now: str) -> list[str]:
    found = list(known)
    return found if not now or now in found else [now, *found]
