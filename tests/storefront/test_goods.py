"""Goods in the shapes that templates draw."""

from storefront.templatetags.goods import compared, matrix_of, opened, tiers_by_pack, tree_of, way_to

TREE = [
    {"id": "1", "name": "Kitchen", "level": 0},
    {"id": "2", "name": "Pans", "level": 1},
    {"id": "3", "name": "Woks", "level": 2},
    {"id": "4", "name": "Home", "level": 0},
]


def variant(sku, **values):
    return {
        "sku": sku,
        "attributes": [{"code": code, "name": code.title(), "value": value} for code, value in values.items()],
    }


def product(*variants, axes=()):
    return {"axes": list(axes), "variants": list(variants)}


def cells(matrix):
    return [
        [[cell.variant and cell.variant["sku"] for cell in row.cells] for row in layer.rows] for layer in matrix.layers
    ]


def test_a_category_without_a_hit_is_left_out_and_the_way_to_the_chosen_one_is_open():
    counts = [{"value": "1", "count": 5}, {"value": "2", "count": 5}, {"value": "3", "count": 2}]
    [kitchen] = opened(tree_of(TREE, counts), {"category": "3"})
    [pans] = kitchen.below
    assert (kitchen.count, kitchen.open, pans.open, pans.below[0].chosen) == (5, True, True, True)


def test_the_way_leads_from_the_root_to_the_chosen_category():
    assert [row["name"] for row in way_to(TREE, {"category": "3"})] == ["Kitchen", "Pans", "Woks"]
    assert [row["name"] for row in way_to(TREE, {"category": "4"})] == ["Home"]
    assert way_to(TREE, {}) == way_to(TREE, {"category": "9"}) == []


def test_two_axes_are_a_matrix_with_holes_and_fewer_values_go_across():
    goods = product(
        variant("W5", colour="White", size="500"),
        variant("W7", colour="White", size="750"),
        variant("B5", colour="Black", size="500"),
        variant("R7", colour="Red", size="750"),
        axes=("colour", "size"),
    )
    matrix = matrix_of(goods)
    assert (matrix.down, matrix.across, matrix.columns) == ("Colour", "Size", ["500", "750"])
    assert cells(matrix) == [[["W5", "W7"], ["B5", None], [None, "R7"]]]


def test_a_third_axis_chooses_between_layers():
    goods = product(
        *(
            variant(f"{colour}{size}{lid}", colour=colour, size=size, lid=lid)
            for colour in "WB"
            for size in "57"
            for lid in "YN"
        ),
        axes=("colour", "size"),
    )
    matrix = matrix_of(goods)
    assert matrix.others == ["Lid"]
    assert [layer.values for layer in matrix.layers] == [("Y",), ("N",)]
    assert cells(matrix)[1] == [["W5N", "W7N"], ["B5N", "B7N"]]


def test_one_axis_no_attributes_or_two_variants_in_one_cell_are_a_list():
    assert matrix_of(product(variant("A", size="1"), variant("B", size="2"))) is None
    assert matrix_of(product(variant("A"))) is None
    same = [variant("A", size="1", colour="W"), variant("B", size="1", colour="W")]
    assert matrix_of(product(*same, variant("C", size="2", colour="B"))) is None


def test_products_side_by_side_tell_in_what_they_differ():
    left = {
        "attributes": [{"code": "m", "name": "Material", "value": "Steel"}],
        "variants": [variant("A", size="1"), variant("B", size="2")],
    }
    right = {"attributes": [{"code": "m", "name": "Material", "value": "Steel"}], "variants": [variant("C", size="2")]}
    assert [(line.label, line.cells, line.differs) for line in compared([left, right])] == [
        ("Material", ["Steel", "Steel"], False),
        ("Size", ["1 · 2", "2"], True),
    ]


def test_tiers_stand_with_their_pack():
    tiers = [{"uom": {"code": code}, "minQuantity": n} for code, n in (("PCS", "1"), ("PCS", "50"), ("BOX", "1"))]
    goods = {"priceTiers": tiers, "packs": [{"uom": {"code": code}} for code in ("PCS", "BOX", "CTN")]}
    assert [(one["pack"]["uom"]["code"], len(one["tiers"])) for one in tiers_by_pack(goods)] == [("PCS", 2), ("BOX", 1)]
