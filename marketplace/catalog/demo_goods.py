"""What the demo enterprise sells. One line a product:

code | Chinese | English | category | brand | picture | material | axes | other packs | Chinese text | English text
"""

# ruff: noqa: E501  (one line a product, so that the table can be read)
from __future__ import annotations

from dataclasses import dataclass

CATEGORIES = """
kitchen | 厨房 | Kitchen |
cookware | 炊具 | Cookware | kitchen
pans | 煎炒锅 | Pans and woks | cookware
pots | 汤锅蒸锅 | Stock pots and steamers | cookware
cutting | 刀具砧板 | Knives and boards | kitchen
knives | 菜刀 | Kitchen knives | cutting
boards | 砧板 | Cutting boards | cutting
tableware | 餐具 | Tableware | kitchen
bowls | 碗碟 | Bowls and plates | tableware
cutlery | 筷勺 | Chopsticks and spoons | tableware
drinkware | 水具 | Drinkware |
drinking | 杯壶 | Cups and bottles | drinkware
bottles | 保温杯 | Vacuum bottles | drinking
cups | 水杯茶杯 | Cups and mugs | drinking
carry | 便当 | On the way | drinkware
lunch | 饭盒 | Lunch boxes | carry
home | 家居 | Home |
cleaning | 清洁 | Cleaning | home
mops | 拖把扫帚 | Mops and brooms | cleaning
bins | 垃圾桶 | Waste bins | cleaning
storage | 收纳 | Storage | home
boxes | 收纳盒 | Storage boxes | storage
shelves | 置物架 | Shelves | storage
textiles | 家纺 | Textiles | home
towels | 毛巾浴巾 | Towels | textiles
electric | 小家电 | Small appliances |
kitchenelectric | 厨房电器 | Kitchen appliances | electric
kettles | 电水壶 | Kettles | kitchenelectric
lighting | 照明 | Lighting | electric
lamps | 台灯 | Desk lamps | lighting
"""

BRANDS = """
xinghe | 星河 | Xinghe
chenlu | 晨露 | Morning Dew
qinghe | 青禾 | Green Grain
jiangzuo | 匠作 | Craftworks
beian | 北岸 | North Shore
"""

MATERIALS = """
steel | 不锈钢 | Stainless steel
iron | 铸铁 | Cast iron
aluminium | 铝合金 | Aluminium
ceramic | 陶瓷 | Ceramic
glass | 玻璃 | Glass
bamboo | 竹 | Bamboo
wood | 木 | Wood
plastic | 塑料 | Plastic
cotton | 棉 | Cotton
"""

COLOURS = """
white | 白色 | White
black | 黑色 | Black
blue | 蓝色 | Blue
red | 红色 | Red
green | 绿色 | Green
wood | 原木色 | Natural wood
steel | 钢色 | Steel
glass | 透明 | Clear
sand | 米色 | Sand
pink | 粉色 | Pink
"""

PRODUCTS = """
PAN01 | 不粘平底煎锅 | Non-stick frying pan | pans | xinghe | pan:black | aluminium | size=24,28 | CTN=6 | 六层不粘涂层，少油煎炒，燃气电磁炉通用。 | Six-layer coating; needs little oil, on gas and induction.
PAN02 | 铸铁炒锅 | Cast-iron wok | pans | jiangzuo | pan:black | iron | size=30,32 | CTN=4 | 传统铸造工艺，受热均匀，越用越顺手。 | Cast the old way: even heat, better with every use.
PAN03 | 麦饭石煎炒锅 | Stone-coated wok pan | pans | chenlu | pan:sand | aluminium | size=28,30 | CTN=6 | 麦饭石纹涂层，带可视玻璃盖。 | Stone-pattern coating, with a glass lid.
PAN04 | 牛排条纹锅 | Grill pan | pans | beian | pan:red | iron | | CTN=4 | 深条纹锁住肉汁，适合牛排与蔬菜。 | Deep ridges for steak and vegetables.
PAN05 | 玉子烧方锅 | Square omelette pan | pans | qinghe | pan:pink | aluminium | colour=pink,black | BOX=6 CTN=24 | 小巧方锅，早餐煎蛋好帮手。 | A small square pan for breakfast eggs.
POT01 | 三层钢汤锅 | Three-ply stock pot | pots | xinghe | pot:steel | steel | size=20,24 | CTN=4 | 三层复底，快速均匀导热。 | Three-ply base that heats fast and evenly.
POT02 | 珐琅炖锅 | Enamelled casserole | pots | beian | pot:red | iron | colour=red,blue,green | CTN=2 | 珐琅内壁，锁温慢炖，可直接上桌。 | Enamelled inside; from the stove to the table.
POT03 | 双层蒸锅 | Two-tier steamer | pots | xinghe | pot:steel | steel | size=26,28 | CTN=4 | 双层大容量，蒸煮炖一锅多用。 | Two roomy tiers to steam, boil and stew.
POT04 | 陶瓷砂锅 | Clay pot | pots | jiangzuo | pot:sand | ceramic | volume=1500,3000 | CTN=4 | 耐热陶瓷，煲汤更香浓。 | Heatproof clay for long-simmered soups.
POT05 | 奶锅 | Milk pan | pots | chenlu | pot:white | aluminium | colour=white,pink | BOX=4 CTN=16 | 带刻度倾倒口，热奶煮面两相宜。 | With a scale and two spouts, for milk and noodles.
KNF01 | 锻打菜刀 | Forged cleaver | knives | jiangzuo | knife:wood | steel | | BOX=6 CTN=36 | 手工锻打，刀口锋利持久。 | Forged by hand, keeps its edge.
KNF02 | 多用厨师刀 | Chef's knife | knives | jiangzuo | knife:black | steel | size=18,20 | BOX=6 CTN=48 | 德式钢材，切片切丝得心应手。 | German steel for slicing and dicing.
KNF03 | 水果刀 | Paring knife | knives | qinghe | knife:green | steel | colour=green,pink,blue | BOX=12 CTN=144 | 附保护套，居家外出都安心。 | With a sheath, at home and outdoors.
KNF04 | 厨房剪刀 | Kitchen shears | knives | beian | knife:red | steel | | BOX=12 CTN=72 | 可拆洗，剪骨开瓶一把搞定。 | Comes apart for washing; cuts bones, opens bottles.
BRD01 | 整竹砧板 | Bamboo cutting board | boards | qinghe | board:wood | bamboo | size=33,38 | CTN=10 | 整竹压制，抗菌不易开裂。 | Pressed bamboo that does not crack.
BRD02 | 双面砧板 | Two-sided cutting board | boards | chenlu | board:steel | steel | | CTN=10 | 一面不锈钢，一面麦秆，生熟分开。 | Steel on one side, wheat straw on the other.
BRD03 | 乌檀木砧板 | Ebony cutting board | boards | jiangzuo | board:wood | wood | size=38,42 | CTN=5 | 整木无拼接，沉稳耐用。 | One piece of wood, heavy and lasting.
BWL01 | 釉下彩饭碗 | Underglaze rice bowl | bowls | beian | bowl:blue | ceramic | | BOX=10 CTN=60 | 高温釉下彩，洗碗机微波炉适用。 | Fired hot; for dishwasher and microwave.
BWL02 | 日式拉面碗 | Ramen bowl | bowls | beian | bowl:black | ceramic | colour=black,white | BOX=6 CTN=36 | 大口径深碗，面汤都装得下。 | Wide and deep, for noodles and broth.
BWL03 | 不锈钢双层碗 | Double-walled steel bowl | bowls | xinghe | bowl:steel | steel | size=12,14 | BOX=10 CTN=80 | 双层隔热，端碗不烫手。 | Double walls keep the hands cool.
BWL04 | 儿童分格餐盘 | Children's divided plate | bowls | qinghe | plate:pink | plastic | colour=pink,blue,green | BOX=12 CTN=72 | 食品级材质，分格吃饭不串味。 | Food-grade, keeps dishes apart.
BWL05 | 骨瓷平盘 | Bone china plate | bowls | beian | plate:white | ceramic | size=20,25 | BOX=6 CTN=48 | 通透细腻，中西餐皆宜。 | Thin and translucent, for any table.
BWL06 | 玻璃沙拉碗 | Glass salad bowl | bowls | chenlu | bowl:glass | glass | volume=1000,2000 | BOX=6 CTN=24 | 加厚玻璃，可叠放收纳。 | Thick glass, stacks well.
CUT01 | 合金筷十双装 | Alloy chopsticks, ten pairs | cutlery | xinghe | sticks:black | plastic | | BOX=20 CTN=200 | 耐高温不发霉，防滑筷尖。 | Heatproof, mould-free, with grip.
CUT02 | 竹筷 | Bamboo chopsticks | cutlery | qinghe | sticks:wood | bamboo | | BOX=50 CTN=500 | 无漆无蜡，天然碳化竹。 | No paint, no wax: carbonised bamboo.
CUT03 | 不锈钢汤勺 | Steel soup ladle | cutlery | xinghe | sticks:steel | steel | size=28,32 | BOX=20 CTN=160 | 一体成型，长柄不烫手。 | One piece with a long handle.
BTL01 | 不锈钢真空保温杯 | Stainless vacuum bottle | bottles | xinghe | bottle:white | steel | colour=white,black,blue;volume=500,750 | BOX=12 CTN=48 | 316 不锈钢内胆，保温 12 小时，保冷 24 小时。 | 316 steel inside; hot for 12 hours, cold for 24.
BTL02 | 便携运动水壶 | Sports bottle | bottles | chenlu | bottle:green | plastic | colour=green,blue;volume=600 | BOX=12 CTN=60 | 轻量防漏，单手开盖。 | Light and leak-proof, opens with one hand.
BTL03 | 车载保温壶 | Travel flask | bottles | xinghe | bottle:steel | steel | volume=1000,1500 | BOX=6 CTN=24 | 大容量长途保温，杯盖可当水杯。 | For long roads; the lid is a cup.
BTL04 | 儿童吸管保温杯 | Children's straw bottle | bottles | qinghe | bottle:pink | steel | colour=pink,blue | BOX=12 CTN=48 | 防呛吸管，附背带。 | A straw that does not choke, with a strap.
BTL05 | 焖烧罐 | Food jar | bottles | xinghe | bottle:black | steel | volume=500,800 | BOX=6 CTN=36 | 早上焖，中午吃，粥饭软糯。 | Fill it in the morning, eat at noon.
CUP01 | 马克杯 | Mug | cups | beian | cup:blue | ceramic | colour=blue,white,black,red | BOX=12 CTN=72 | 哑光釉面，手感温润。 | Matt glaze, warm in the hand.
CUP02 | 双层玻璃杯 | Double-walled glass | cups | chenlu | cup:glass | glass | volume=250,350 | BOX=6 CTN=48 | 高硼硅玻璃，隔热不结露。 | Borosilicate glass: no heat, no drops.
CUP03 | 功夫茶具套装 | Tea set | cups | jiangzuo | cup:sand | ceramic | | CTN=6 | 一壶六杯，附竹制茶盘。 | A pot, six cups and a bamboo tray.
CUP04 | 带盖咖啡杯 | Coffee tumbler | cups | beian | cup:black | steel | colour=black,white;volume=380 | BOX=12 CTN=48 | 真空隔热，密封滑盖。 | Vacuum-insulated with a sliding lid.
CUP05 | 茶水分离杯 | Tea infuser glass | cups | chenlu | cup:glass | glass | volume=420 | BOX=12 CTN=48 | 茶水分离，浓淡随心。 | Keeps leaves apart: as strong as you like.
LCH01 | 三格不锈钢饭盒 | Three-part steel lunch box | lunch | xinghe | box:steel | steel | volume=1000,1400 | BOX=6 CTN=36 | 分格防串味，卡扣密封。 | Three parts, tightly clipped.
LCH02 | 玻璃保鲜饭盒 | Glass lunch box | lunch | chenlu | box:glass | glass | volume=640,1040 | BOX=6 CTN=24 | 微波炉烤箱可用，四面锁扣。 | For microwave and oven, locks on four sides.
LCH03 | 保温饭桶 | Insulated food carrier | lunch | xinghe | box:blue | steel | volume=1600,2000 | CTN=12 | 多层真空，热饭热汤随身带。 | Several vacuum layers for a hot meal.
LCH04 | 学生饭盒 | School lunch box | lunch | qinghe | box:pink | plastic | colour=pink,green | BOX=12 CTN=60 | 轻便不漏，附餐具。 | Light and tight, with cutlery.
MOP01 | 旋转拖把套装 | Spin mop set | mops | chenlu | mop:blue | plastic | | CTN=4 | 免手洗旋转甩干，附两个拖头。 | Spins dry without wet hands; two heads.
MOP02 | 平板拖把 | Flat mop | mops | chenlu | mop:green | aluminium | size=35,42 | CTN=10 | 可刮水平板，墙面地面两用。 | Wrings itself; for floors and walls.
MOP03 | 软毛扫把簸箕套装 | Broom and dustpan set | mops | qinghe | mop:black | plastic | | CTN=12 | 防风簸箕，齿梳去毛发。 | Windproof pan with a comb for hair.
MOP04 | 静电除尘掸 | Static duster | mops | chenlu | mop:pink | plastic | | BOX=20 CTN=100 | 可弯折伸缩，缝隙除尘。 | Bends and extends into every gap.
BIN01 | 脚踏垃圾桶 | Pedal bin | bins | xinghe | bin:steel | steel | volume=8000,12000 | CTN=4 | 静音缓降，内外双桶。 | Closes softly, with an inner bucket.
BIN02 | 按压式垃圾桶 | Push-lid bin | bins | qinghe | bin:white | plastic | colour=white,blue;volume=10000 | CTN=10 | 轻触开盖，隐藏袋口。 | Opens at a touch, hides the bag.
BIN03 | 分类垃圾桶 | Sorting bin | bins | chenlu | bin:green | plastic | volume=20000,40000 | CTN=4 | 干湿分离，双盖独立开启。 | Wet and dry apart, under two lids.
BOX01 | 透明抽屉收纳盒 | Clear drawer box | boxes | qinghe | box:glass | plastic | size=30,40 | CTN=12 | 可层叠抽屉，一目了然。 | Drawers that stack and show what is in.
BOX02 | 布艺折叠收纳箱 | Folding fabric box | boxes | beian | box:sand | cotton | size=38,50 | BOX=4 CTN=16 | 加厚棉麻，可折叠不占地。 | Thick fabric, folds flat.
BOX03 | 密封粮食桶 | Sealed grain bin | boxes | chenlu | box:white | plastic | volume=5000,10000 | CTN=8 | 防潮防虫，翻盖取米。 | Keeps out damp and insects.
BOX04 | 厨房保鲜盒七件套 | Food container set of seven | boxes | chenlu | box:glass | plastic | | CTN=6 | 大小七件套，冷冻微波皆可。 | Seven sizes for freezer and microwave.
SHF01 | 微波炉置物架 | Microwave shelf | shelves | xinghe | shelf:black | steel | colour=black,white | CTN=5 | 可伸缩双层，免打孔。 | Two extendable tiers, no drilling.
SHF02 | 浴室三角架 | Corner shelf | shelves | xinghe | shelf:steel | steel | | BOX=6 CTN=24 | 免钉承重，沥水防锈。 | No nails, drains, does not rust.
SHF03 | 实木多层书架 | Wooden bookshelf | shelves | jiangzuo | shelf:wood | wood | size=60,80 | CTN=1 | 新西兰松木，圆角打磨。 | Pine with rounded corners.
TWL01 | 长绒棉毛巾 | Long-staple cotton towel | towels | beian | towel:white | cotton | colour=white,blue,pink,sand | BOX=10 CTN=100 | 新疆长绒棉，柔软吸水。 | Soft and thirsty long-staple cotton.
TWL02 | 加厚浴巾 | Thick bath towel | towels | beian | towel:sand | cotton | colour=sand,white,green | BOX=5 CTN=40 | 600 克重，酒店同款。 | 600 grams a square metre, as in hotels.
TWL03 | 厨房抹布五条装 | Kitchen cloths, pack of five | towels | qinghe | towel:green | cotton | | BOX=20 CTN=200 | 木纤维不沾油，易冲洗。 | Wood fibre that rinses clean of fat.
KTL01 | 恒温电水壶 | Temperature kettle | kettles | xinghe | kettle:white | steel | colour=white,green;volume=1500 | CTN=6 | 五档控温，24 小时保温。 | Five temperatures, keeps warm all day.
KTL02 | 快速电水壶 | Quick kettle | kettles | xinghe | kettle:steel | steel | volume=1700 | CTN=8 | 1800 瓦快煮，干烧自动断电。 | 1800 W, switches off when dry.
KTL03 | 折叠旅行水壶 | Folding travel kettle | kettles | chenlu | kettle:red | plastic | volume=600 | BOX=4 CTN=16 | 硅胶折叠，双电压。 | Folding silicone, two voltages.
LMP01 | 护眼台灯 | Eye-care desk lamp | lamps | beian | lamp:white | aluminium | colour=white,black | CTN=8 | 无频闪三档色温，触控调光。 | No flicker, three tones, touch dimming.
LMP02 | 布艺床头灯 | Fabric bedside lamp | lamps | beian | lamp:sand | wood | | CTN=6 | 实木底座，暖光助眠。 | Wooden foot, warm light.
"""

# Quantities that may be ordered: SKU prefix, unit, min, step, audience (nobody named: everyone).
RULES = """
TWL01 | PCS | 20 | 10 |
TWL03 | PCS | 20 | 20 |
CUT02 | PCS | 50 | 50 |
KTL | PCS | 2 | 1 |
KNF03 | PCS | 12 | 12 |
BTL01 | PCS | 12 | 12 | group:EXPORT
CUP01 | PCS | 12 | 12 | group:EXPORT
"""


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """One line of PRODUCTS."""

    code: str
    name_zh: str
    name_en: str
    category: str
    brand: str
    shape: str
    colour: str
    material: str
    axes: tuple[tuple[str, tuple[str, ...]], ...]
    packs: tuple[tuple[str, int], ...]
    text_zh: str
    text_en: str


def lines(table: str) -> list[list[str]]:
    """The cells of a table's lines."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def demo_products() -> list[DemoProduct]:
    """All products."""
    return [_product(cells) for cells in lines(PRODUCTS)]


def _product(cells: list[str]) -> DemoProduct:
    code, name_zh, name_en, category, brand, picture, material, axes, packs, text_zh, text_en = cells
    shape, colour = picture.split(":")
    sides = [part.split("=") for part in axes.split(";") if part]
    contents = [part.split("=") for part in packs.split()]
    return DemoProduct(
        code, name_zh, name_en, category, brand, shape, colour, material,
        tuple((name, tuple(values.split(","))) for name, values in sides),
        tuple((uom, int(factor)) for uom, factor in contents),
        text_zh, text_en,
    )  # fmt: skip
