"""Everything that proves who signed what, as one file with a list of hashes (contracts §3.3)."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from ordercenter.contracts.models import Contract, ContractSignature, ContractText


def signatures_of(contract: Contract) -> list[dict[str, Any]]:
    """Every signature that was given or refused, as it was kept."""
    rows = ContractSignature.objects.filter(contract=contract).order_by("change_id", "position", "pk")
    return [
        {
            "change": row.change.seq if row.change else None,
            "position": row.position,
            "side": row.side,
            "status": row.status,
            "text_hash": row.text_hash,
            "signed_at": row.signed_at.isoformat() if row.signed_at else None,
            "reason": row.reason,
            "evidence": row.evidence,
        }
        for row in rows.select_related("change")
    ]


def evidence_package(actor: Actor, contract_id: int) -> tuple[str, bytes]:
    """Name and bytes of a ZIP: documents as they were signed, signatures, their hashes. Raises NOT_FOUND."""
    actor.require("contracts.view")
    contract = Contract.objects.visible_to(actor).filter(pk=contract_id).first()
    if contract is None or not contract.text_hash:
        raise not_found("id")
    files = {
        f"{contract.number}-{row.pk}.pdf": bytes(row.pdf)
        for row in ContractText.objects.filter(contract=contract, sha256__in=_signed(contract)).order_by("pk")
    }
    signatures = {"contract": contract.number, "signatures": signatures_of(contract)}
    files["signatures.json"] = json.dumps(signatures, ensure_ascii=False, indent=2).encode()
    manifest = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    files["manifest.json"] = json.dumps({"sha256": manifest}, indent=2).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return f"{contract.number}-evidence.zip", out.getvalue()


def document(actor: Actor, contract_id: int) -> tuple[str, bytes]:
    """Name and bytes of the document that is signed now. Raises NOT_FOUND before there is one."""
    actor.require("contracts.view")
    contract = Contract.objects.visible_to(actor).filter(pk=contract_id).first()
    rows = ContractText.objects.filter(contract=contract_id, sha256=contract.text_hash) if contract else None
    text = rows.first() if rows is not None else None
    if contract is None or text is None:
        raise not_found("id")
    return f"{contract.number}.pdf", bytes(text.pdf)


def _signed(contract: Contract) -> list[str]:
    rows = ContractSignature.objects.filter(contract=contract).values_list("text_hash", flat=True)
    return [contract.text_hash, *rows]
