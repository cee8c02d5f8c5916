"""`python -m tools.contract`: write docs/test-contract.json anew."""

from __future__ import annotations

from tools.contract.document import FILE, as_text

if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
    print(FILE.name)
