import json
from decimal import Decimal
import pytest
from marketplace.core.actor import Actor
from marketplace.core.verify import *
from marketplace.graphql import execute, to_global_id
from tests.factories import actor_of, make_actor, make_member, make_stranger
from tests.ordercenter.orders.shop import Shop, lines
from ordercenter.orders.models import *
from ordercenter.fulfilment.ship import ShipmentDraft, ship

def gid(row): return to_global_id(type(row).__name__, row.pk)
def gk(t, k): return to_global_id(t, k)

OUT = []
def go(name, actor, doc, **v):
    from django.db import transaction
    try:
        with transaction.atomic():
            r = execute(doc, v, actor=actor)
        errs = [(e.message if hasattr(e,'message') else str(e), (getattr(e,'extensions',None) or {}).get('code')) for e in (r.errors or [])]
        line = f"{name}: data={json.dumps(r.data, default=str)[:400]} errors={errs}"
    except BaseException as e:
        line = f"{name}: RAISED {type(e).__name__} {e}"[:600]
    flag = "!!!" if "INTERNAL" in line or "RAISED" in line else "   "
    print(flag, line, flush=True)

E = "errors { code field index message }"
def test_hostile(db):
    shop = Shop(auto_confirm=False)
    shop.sells("ABC", "10", 100, BOX=12)
    shop.sells("DEF", "99999999.99", 1000)
    shop.sells("GHI", "3.33", 50)
    d, s = shop.dealer, shop.sales
    p2, other = shop.dealer_of("Jinli")
    stranger = make_stranger() if True else None
    o = shop.order(("ABC", 10), ("GHI", 5))
    l1, l2 = lines(o)
    PLACE = "mutation($i: OrderPlaceInput!){orderPlace(input:$i){order{id number status total{gross{amount}}} %s}}" % E
    def pl(name, actor=d, **i):
        base = {"seller": gid(shop.seller), "lines": [{"variant": gid(shop.goods["ABC"]), "quantity": "1"}]}
        base.update(i); go("place "+name, actor, PLACE, i=base)
    pl("ok")
    pl("nul note", note="a\u0000b")
    pl("surrogate note", note="a\ud800b")
    pl("nul ref", buyerReference="\u0000")
    pl("long ref", buyerReference="x"*65)
    pl("tiny q", lines=[{"variant": gid(shop.goods["ABC"]), "quantity": "1e-39"}])
    pl("almost 1", lines=[{"variant": gid(shop.goods["ABC"]), "quantity": "1.00000000000000000000000000000000001"}])
    pl("huge q", lines=[{"variant": gid(shop.goods["DEF"]), "quantity": "999999999999"}])
    pl("huge q40", lines=[{"variant": gid(shop.goods["DEF"]), "quantity": "1e40"}])
    pl("huge two", lines=[{"variant": gid(shop.goods["DEF"]), "quantity": "99999999"}]*3)
    pl("neg", lines=[{"variant": gid(shop.goods["ABC"]), "quantity": "-1"}])
    pl("zero", lines=[{"variant": gid(shop.goods["ABC"]), "quantity": "0"}])
    pl("nan", lines=[{"variant": gid(shop.goods["ABC"]), "quantity": "NaN"}])
    pl("uom odd", lines=[{"variant": gid(shop.goods["ABC"]), "quantity": "1", "uom": "\u0000"}])
    pl("uom odd2", lines=[{"variant": gid(shop.goods["ABC"]), "quantity": "1", "uom": "x"*9999}])
    pl("variant big", lines=[{"variant": gk("Variant", 99999999999999999999999), "quantity": "1"}])
    pl("variant neg", lines=[{"variant": gk("Variant", -1), "quantity": "1"}])
    pl("empty", lines=[])
    pl("seller none", seller=None)
    pl("addr big", address=gk("Address", 2**63))
    pl("req day", requestedOn="0001-01-01")
    pl("req day2", requestedOn="9999-12-31")
    pl("acc", acceptedTotal="1e39")
    pl("2001", lines=[{"variant": gid(shop.goods["ABC"]), "quantity": "1"}]*2001)
    pl("as sales", actor=s)
    pl("as stranger", actor=stranger)
    pl("anon", actor=Actor.anonymous())
    go("place nothing", d, PLACE, i={})
    go("place both", d, PLACE, i={"cart": gk("Cart", 1)})
    CH = "mutation($i: OrderChangeInput!){orderChangePropose(input:$i){order{version total{gross{amount}}} %s}}" % E
    def ch(name, actor=d, **i):
        o.refresh_from_db()
        base = {"order": gid(o), "baseVersion": o.version}; base.update(i); go("change "+name, actor, CH, i=base)
    ch("neg", lines=[{"line": gid(l1), "quantity": "-5"}])
    ch("frac", lines=[{"line": gid(l1), "quantity": "2.5"}])
    ch("dup", lines=[{"line": gid(l1), "quantity": "2"}, {"line": gid(l1), "quantity": "3"}])
    ch("huge", lines=[{"line": gid(l1), "quantity": "1e39"}])
    ch("bigversion", baseVersion=2**31-1)
    ch("note nul", note="\u0000")
    ch("other dealer", actor=other, note="x")
    ch("stranger", actor=stranger, note="x")
    ch("seller note", actor=s, note="seller writes buyers note")
    from marketplace.catalog.models import Listing
    Listing.objects.filter(variant=shop.goods["ABC"]).delete()
    ch("unlisted neg", lines=[{"line": gid(l1), "quantity": "-5"}])
    ch("unlisted frac", lines=[{"line": gid(l1), "quantity": "2.5"}])
    Listing.objects.create(organization=shop.seller, variant=shop.goods["ABC"])
    CA = "mutation($id: ID!, $r: String!, $l: [OrderChangeLineInput!]){orderCancel(id:$id, reason:$r, lines:$l){order{version status total{gross{amount}}} %s}}" % E
    go("cancel frac", d, CA, id=gid(o), r="x", l=[{"line": gid(l1), "quantity": "0.5"}])
    go("cancel tiny", d, CA, id=gid(o), r="x", l=[{"line": gid(l1), "quantity": "1e-30"}])
    go("cancel tiny7", d, CA, id=gid(o), r="x", l=[{"line": gid(l1), "quantity": "0.0000001"}])
    go("cancel nul", d, CA, id=gid(o), r="\u0000", l=[{"line": gid(l1), "quantity": "1"}])
    go("cancel dup", d, CA, id=gid(o), r="x", l=[{"line": gid(l1), "quantity": "1"},{"line": gid(l1), "quantity": "1"}])
    go("cancel blank", d, CA, id=gid(o), r="  ", l=[])
    go("cancel long", d, CA, id=gid(o), r="x"*100000, l=[{"line": gid(l1), "quantity": "1"}])
    go("cancel other", other, CA, id=gid(o), r="x")
    go("cancel stranger", stranger, CA, id=gid(o), r="x")
    go("cancel weird id", d, CA, id="Order:1", r="x")
    go("cancel line id as order", d, CA, id=gid(l1), r="x")
    go("cancel bigid", d, CA, id=gk("Order", 2**70), r="x")
    CW = "mutation($i: CartLinesInput!){cartLinesWrite(input:$i){cart{id lineCount total{gross{amount}}} %s}}" % E
    def cw(name, lines_, actor=d, mode="ADD"):
        go("cart "+name, actor, CW, i={"seller": gid(shop.seller), "mode": mode, "lines": lines_})
    big = [{"variant": gid(shop.goods["GHI"]), "quantity": "900000000000"}]
    cw("big", big); cw("big again", big)
    cw("dup in one", big+big)
    cw("tiny", [{"variant": gid(shop.goods["GHI"]), "quantity": "1.00000000000000000000000000000000001"}])
    cw("set zero", [{"variant": gid(shop.goods["GHI"]), "quantity": "0"}], mode="SET")
    cw("neg", [{"variant": gid(shop.goods["GHI"]), "quantity": "-1"}])
    cw("stranger", [{"variant": gid(shop.goods["GHI"]), "quantity": "1"}], actor=stranger)
    cw("DEF", [{"variant": gid(shop.goods["DEF"]), "quantity": "999999999"}])
    CP = "mutation($s: ID!, $t: String){cartLinesPaste(seller:$s, text:$t){cart{id lineCount} check{goodCount badCount lines{code errorCode errorMessage quantity} errors{code message}} %s}}" % E
    for name, t in [("nul","ABC\t1\u0000"),("nulcode","A\u0000BC\t1"),("nul uom","ABC\t1\tPC\u0000S"),("surr","AB\ud800C\t1"),("quotes",'"ABC\t1'),("big","GHI\t900000000000\nGHI\t900000000000"),("exp","GHI\t1e5"),("inf","GHI\tInfinity"),("nan","GHI\tNaN"),("neg","GHI\t-3"),("comma","GHI,1,200"),("fw","ＧＨＩ　１２"),("pct","%\t1\n_\t2"),("empty",""),("blank","\n\n  \n"),("long","x"*5000+"\t1"),("arab","GHI\t١٢"),("sup","GHI\t²")]:
        go("paste "+name, d, CP, s=gid(shop.seller), t=t)
    go("paste stranger", stranger, CP, s=gid(shop.seller), t="GHI 1")
    Q = "query($f: OrderFilter, $s: String, $side: TradeSide){orders(first: 20, filter:$f, search:$s, side:$side){totalCount edges{node{id number}}} }"
    go("orders line dup", d, Q, f={"line": [gid(l1), gid(l2)]})
    go("orders search nul", d, Q, s="a\u0000")
    go("orders search pct", d, Q, s="%")
    go("orders search bs", d, Q, s="\\")
    go("orders date", d, Q, f={"placedAt": {"lte": "9999-12-31"}})
    go("orders date0", d, Q, f={"placedAt": {"gte": "0001-01-01"}})
    go("orders partner", d, Q, f={"partner": ["zzz", gk("Organization", 2**70)]})
    go("orders stranger", stranger, Q)
    go("orders other", other, Q)
    go("orders anon", Actor.anonymous(), Q)
    SC = "query($f: OrderFilter){orderStatusCounts(side: BUYER, filter:$f){status count gross{amount} sums{amount}}}"
    go("counts", d, SC)
    go("counts dup line", d, SC, f={"line": [gid(l1), gid(l2)]})
    go("counts date", d, SC, f={"placedAt": {"lte": "9999-12-31"}})
    for name, q in [("first 0","{orders(first:0){edges{node{id}}}}"),("first -1","{orders(first:-1){edges{node{id}}}}"),("first 101","{orders(first:101){edges{node{id}}}}"),("after junk",'{orders(first:1, after:"junk"){edges{node{id}}}}'),("lines junk",'{orders(first:1){edges{node{lines(first:2, after:"xx"){edges{node{sku}}}}}}}'),("node junk",'{node(id:"T3JkZXI6MTIz"){id}}')]:
        go(name, d, q)
    CON = "mutation($id: ID!, $d: Date){orderConfirm(id:$id, promisedOn:$d){order{status} %s}}" % E
    go("confirm as dealer", d, CON, id=gid(o))
    go("confirm day", s, CON, id=gid(o), d="0001-01-01")
    BC = "mutation($ids: [ID!]!){orderBulkConfirm(ids:$ids){orders{number} %s}}" % E
    o2 = shop.order(("GHI", 5)); o3 = shop.order(("GHI", 5))
    go("bulk dup", s, BC, ids=[gid(o2), gid(o2)])
    go("bulk mixed", s, BC, ids=[gid(o2), gk("Order", 999999), gid(o3)])
    go("bulk none", s, BC, ids=[])
    go("bulk other seller", stranger, BC, ids=[gid(o2)])
    SH = "mutation($i: ShipmentInput!){shipmentCreate(input:$i){shipments{number lines{id quantity toReceive}} order{status fulfilmentStatus} %s}}" % E
    o.refresh_from_db(); print(o.status)
    def sh(name, actor=s, **i):
        base={"order": gid(o)}; base.update(i); go("ship "+name, actor, SH, i=base)
    sh("dealer", actor=d)
    sh("other wh", warehouse=gk("Warehouse", 2**70))
    sh("nul carrier", carrier="\u0000")
    sh("frac", lines=[{"orderLine": gid(l1), "quantity": "0.5"}])
    sh("tiny", lines=[{"orderLine": gid(l1), "quantity": "1e-35"}])
    sh("almost", lines=[{"orderLine": gid(l1), "quantity": "1.00000000000000000000000000000000001"}])
    sh("huge", lines=[{"orderLine": gid(l1), "quantity": "1e39"}])
    sh("neg", lines=[{"orderLine": gid(l1), "quantity": "-1"}])
    sh("wb long", trackingNumber="x"*100)
    sh("wb dup", trackingNumber="x,x")
    sh("wb many", trackingNumber=",".join(str(n) for n in range(40000)))
    o.refresh_from_db(); lines_now = lines(o); print([(x.quantity,x.allocated,x.shipped,x.cancelled) for x in lines_now])
    made = ship(s, ShipmentDraft(o.pk, {lines_now[1].pk: Decimal(2)}))
    sl = made[0].lines.get()
    RP = "mutation($i: ReceiptInput!){receiptPost(input:$i){receipt{number status} order{status} %s}}" % E
    def rp(name, actor=d, **i):
        base={"shipment": gid(made[0])}; base.update(i); go("receive "+name, actor, RP, i=base)
    rp("huge", lines=[{"shipmentLine": gid(sl), "received": "1e39"}])
    rp("huge40", lines=[{"shipmentLine": gid(sl), "received": "1234567890123456789012345678901234567890"}])
    rp("tiny", lines=[{"shipmentLine": gid(sl), "received": "1e-39"}])
    rp("neg", lines=[{"shipmentLine": gid(sl), "received": "2", "differed": "-1"}])
    rp("both", lines=[{"shipmentLine": gid(sl), "received": "2", "differed": "1"}])
    rp("dup", lines=[{"shipmentLine": gid(sl), "received": "1"}, {"shipmentLine": gid(sl), "received": "1"}])
    rp("nul", note="\u0000")
    rp("seller", actor=s)
    rp("other", actor=other)
    rp("stranger", actor=stranger)
    CL = "mutation($id: ID!){orderClose(id:$id, reason:\"r\"){order{status} %s}}" % E
    RO = "mutation($id: ID!){orderReopen(id:$id){order{status} %s}}" % E
    go("cancel whole shipped", s, CA, id=gid(o), r="x")
    go("cancel part confirmed as seller", s, CA, id=gid(o), r="x", l=[{"line": gid(l2), "quantity": "0.25"}])
    go("close", s, CL, id=gid(o)); go("close2", s, CL, id=gid(o)); go("reopen dealer", d, RO, id=gid(o)); go("reopen", s, RO, id=gid(o)); go("reopen2", s, RO, id=gid(o))
    OS = "mutation($i: OrderSettingsInput!){orderSettingsUpdate(input:$i){orderSettings{autoConfirm minimumValue reopenDays} %s}}" % E
    go("settings min", s, OS, i={"minimumValue": "1e39"}); go("settings min2", s, OS, i={"minimumValue": "0.001"}); go("settings min3", s, OS, i={"minimumValue": "1.00000000000000000000000000000000001"}); go("settings days", s, OS, i={"reopenDays": -1}); go("settings days", s, OS, i={"reopenDays": 2**31-1}); go("settings dealer", d, OS, i={"reopenDays": 3}); go("settings nulls", s, OS, i={"autoConfirm": None})
    SL = "mutation($i: SavedListInput!){savedListWrite(input:$i){savedList{id name lineCount} %s}}" % E
    def slw(name, actor=d, **i): go("list "+name, actor, SL, i=i)
    slw("ok", seller=gid(shop.seller), name="A", lines=[{"variant": gid(shop.goods["GHI"]), "quantity": "1"}])
    slw("dupname", seller=gid(shop.seller), name="A")
    slw("nul", seller=gid(shop.seller), name="A\u0000")
    slw("unknown seller", seller=gk("Organization", 999999), name="B")
    slw("unknown seller with lines", seller=gk("Organization", 999999), name="B", lines=[])
    slw("self seller", seller=gid(shop.buyer.downstream), name="B")
    slw("stranger's", actor=stranger, seller=gid(shop.seller), name="B")
    slw("big", seller=gid(shop.seller), name="C", lines=big+big)
    slw("from other's order", actor=other, order=gid(o), name="Z")
    slw("neg qty", seller=gid(shop.seller), name="D", lines=[{"variant": gid(shop.goods["GHI"]), "quantity": "-1"}])
    slw("nothing")
    for n, q in [("bought", '{previouslyBought(first:5, search:"\\u0000"){edges{node{orderCount}}}}'),("bought2", '{previouslyBought(first:5, seller:"x"){edges{node{orderCount}}}}')]:
        go(n, d, q)
    SHS = "mutation($id: ID!, $s: [SavedListShareInput!]!){savedListShare(id:$id, shares:$s){savedList{id} %s}}" % E
    mine = SavedList.objects.cleared().first() if hasattr(SavedList.objects, "cleared") else SavedList.objects.first()
    if mine:
        go("share dup", d, SHS, id=gid(mine), s=[{}, {}]); go("share other's user", d, SHS, id=gid(mine), s=[{"user": gk("User", other.user_id)}]); go("share as other", other, SHS, id=gid(mine), s=[])
    # leaks: everything of the order as other dealers
    for who, a in (("other", other), ("stranger", stranger), ("anon", Actor.anonymous())):
        for t, k in (("Order", o.pk), ("OrderLine", l1.pk), ("Shipment", made[0].pk), ("ShipmentLine", sl.pk), ("OrderEvent", OrderEvent.objects.first().pk), ("Cart", (Cart.objects.first() or o).pk), ("SavedList", mine.pk if mine else 1), ("Partnership", shop.buyer.pk), ("Organization", shop.buyer.downstream_id), ("User", d.user_id), ("Address", 1)):
            go(f"node {who} {t}", a, "query($id: ID!){node(id:$id){__typename id}}", id=gk(t, k))
        go(f"timeline {who}", a, "query($id: ID!){orderTimeline(first:5, order:$id){edges{node{message}}}}", id=gid(o))
        go(f"shipment {who}", a, "query($id: ID!){shipment(id:$id){number}}", id=gid(made[0]))
    from marketplace.core import verify
    print([str(x) for x in verify.run()] if hasattr(verify, "run") else dir(verify))
