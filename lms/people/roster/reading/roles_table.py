"""The words for each frontline role (codes: domain.md §3.1), without marks, abbreviations written out."""

from __future__ import annotations

import re
from functools import cache

_SHORT_FORMS = {
    "ctvds": "cong tac vien dan so",
    "ctvgd": "cong tac vien gia dinh",
    "ctv": "cong tac vien",
    "cong tac vien ds": "cong tac vien dan so",
    "cong tac vien gd": "cong tac vien gia dinh",
    "ds khhgd": "dan so ke hoach hoa gia dinh",
    "dskhhgd": "dan so ke hoach hoa gia dinh",
    "dan so khhgd": "dan so ke hoach hoa gia dinh",
    "khhgd": "ke hoach hoa gia dinh",
    "dan so gd te": "dan so gia dinh tre em",
    "dan so gd": "dan so gia dinh",
    "gd te": "gia dinh tre em",
    "pcblgd": "phong chong bao luc gia dinh",
    "pc blgd": "phong chong bao luc gia dinh",
    "phong chong blgd": "phong chong bao luc gia dinh",
    "pcbl gia dinh": "phong chong bao luc gia dinh",
    "hgvcs": "hoa giai vien o co so",
    "hgv": "hoa giai vien",
    "hgcs": "hoa giai o co so",
    "tthg": "to truong to hoa giai",
    "tt thg": "to truong to hoa giai",
    "tt to hoa giai": "to truong to hoa giai",
    "thg": "to hoa giai",
    "ttvpl": "tuyen truyen vien phap luat",
    "ttv": "tuyen truyen vien",
    "bcvpl": "bao cao vien phap luat",
    "bcv": "bao cao vien",
    "tvv": "tu van vien",
    "tnv": "tinh nguyen vien",
    "bctmt": "ban cong tac mat tran",
    "b ctmt": "ban cong tac mat tran",
    "ctmt": "cong tac mat tran",
    "ct mt": "cong tac mat tran",
    "mttq": "mat tran to quoc",
    "tb cong tac mat tran": "truong ban cong tac mat tran",
    "cht pn": "chi hoi truong phu nu",
    "chtpn": "chi hoi truong phu nu",
    "cht": "chi hoi truong",
    "chpn": "chi hoi phu nu",
    "lhpn": "lien hiep phu nu",
    "truong pn": "truong phu nu",
    "hoi pn": "hoi phu nu",
    "pct ubnd": "pho chu tich uy ban nhan dan",
    "ct ubnd": "chu tich uy ban nhan dan",
    "ubnd": "uy ban nhan dan",
    "bnd": "ban nhan dan",
    "cax": "cong an xa",
    "vhxh": "van hoa xa hoi",
    "vh xh": "van hoa xa hoi",
    "tpht": "tu phap ho tich",
    "tp ht": "tu phap ho tich",
    "nvyt": "nhan vien y te",
    "tyt": "tram y te",
    "clb": "cau lac bo",
    "gdptbv": "gia dinh phat trien ben vung",
    "dctc": "dia chi tin cay",
    "antt": "an ninh trat tu",
    "cskv": "canh sat khu vuc",
    "tdp": "to dan pho",
    "vhttdl": "van hoa the thao du lich",
    "vhtt dl": "van hoa the thao du lich",
    "p khom": "pho khom",
}

# Longer ones first, so that "ctv" does not eat the start of "ctv ds"; spaces keep to whole words.
ABBREVIATIONS = tuple(
    (f" {short} ", f" {_SHORT_FORMS[short]} ") for short in sorted(_SHORT_FORMS, key=len, reverse=True)
)

_WARD = r"(?:(?:phuong|xa|p)\b(?: (?:tra vinh|long duc|nguyet hoa|hoa thuan|\d+))?)"
# A hamlet's name may follow "khóm", but never the word of another post.
_POST = (
    r"(?:bi thu|pho|chi hoi|doi|hoi|hoa giai|cong an|cong tac|to truong|to vien|ban|tuyen truyen|bao cao"
    r"|bao ve|tu van|nguoi|kiem|thu ky|va|nguyen|phuong|xa|khom|ap)\b"
)
_NAME = rf"(?!{_POST})[a-z]{{1,7}}(?: (?!{_POST})[a-z]{{1,7}}){{0,2}}"
_HAMLET = rf"(?:(?:khom|ap|khom ap|ap khom|khu pho|thon)\b(?: (?:\d+[a-z]?|{_NAME}))?|(?:to|k) ?\d+)"
_PLACE = rf"(?:{_HAMLET}|{_WARD}|p\d+)"
_AT = rf"(?: (?:o |tai |cua )?{_PLACE})*"
_DV = r"(?:(?:ve )?phong chong bao luc gia dinh)"

PLACE = re.compile(rf"{_PLACE}(?: {_PLACE})*")

_ROLES: dict[str, tuple[str, ...]] = {
    "CTV_DS": (
        r"cong tac vien dan so"
        r"(?: (?:cong tac |va )?(?:ke hoach hoa gia dinh|gia dinh|tre em|phat trien|y te))*",
    ),
    "CTV_GD": (
        rf"cong tac vien (?:cong tac )?gia dinh(?: (?:tre em|{_DV}|cong tac {_DV}))*",
        rf"cong tac vien (?:cong tac )?{_DV}",
    ),
    "TNV": (rf"tinh nguyen vien(?: {_DV})?",),
    "TT_HG": (
        r"to truong (?:to )?hoa giai(?: vien)?(?: o)?(?: co so)?",
        r"truong to hoa giai(?: o)?(?: co so)?",
    ),
    "HGV": (
        r"hoa giai vien(?: o)?(?: co so)?",
        r"(?:to vien|to pho|thanh vien|uy vien)(?: cua)? to hoa giai(?: o)?(?: co so)?",
    ),
    "TTV": (rf"tuyen truyen vien(?: (?:phap luat|mieng|co so|{_DV}))*",),
    "BCV": (r"bao cao vien(?: phap luat)?(?: cap (?:xa|phuong|tinh))?", r"tap huan vien"),
    "TVV": (rf"(?:tu van vien|nhan vien tu van)(?: {_DV})?",),
    "NVCS": (
        r"nhan vien cham soc(?: nguoi bi bao luc(?: gia dinh)?)?",
        rf"nhan vien co so tro giup(?: {_DV})?",
    ),
    "DCTC": (r"(?:nguoi )?(?:phu trach |chu |dai dien )?dia chi tin cay(?: (?:o )?cong dong)?",),
    "CLB": (
        r"(?:thanh vien )?(?:truong |pho )?(?:ban )?chu nhiem cau lac bo gia dinh(?: phat trien ben vung)?",
        rf"(?:thanh vien|truong|nhom truong)(?: nhom)? {_DV}",
    ),
    "TKHOM": (
        rf"truong (?:ban (?:nhan dan|quan ly) )?{_HAMLET}",
        r"to truong to dan pho(?: \d+)?",
    ),
    "MTKDC": (r"truong ban (?:cong tac )?mat tran(?: to quoc)?",),
    "CHPN": (r"chi hoi truong (?:chi hoi )?(?:hoi )?(?:lien hiep )?phu nu",),
    "ANTT": (
        r"(?:to truong|to pho|to vien|thanh vien|luc luong)(?: to| luc luong)?(?: tham gia)?(?: bao ve)?"
        r" an ninh trat tu(?: o)?(?: co so)?",
        r"(?:bao ve )?an ninh trat tu(?: o)?(?: co so)?",
    ),
    "CAX": (
        rf"(?:truong |pho truong |pho |can bo |chien si )?cong an {_WARD}(?: duoc phan cong)?",
        r"canh sat khu vuc|cong an khu vuc",
    ),
    "CC_VHXH": (
        r"(?:cong chuc|can bo|chuyen vien|truong|pho truong|pho)(?: phong)? van hoa(?: va)? xa hoi",
        r"(?:cong chuc|chuyen vien) phong van hoa(?: va)? xa hoi phu trach gia dinh",
    ),
    "CC_TP": (r"(?:(?:cong chuc|can bo|chuyen vien) )?tu phap ho tich", r"(?:cong chuc|can bo) tu phap"),
    "LD_UBND": (rf"(?:pho )?chu tich (?:uy ban nhan dan|{_WARD})",),
    "NVYT": (
        r"(?:nhan vien|can bo|truong|pho truong|bac si|y si|dieu duong|ho sinh) (?:tram )?y te",
        r"(?:nhan vien )?y te (?:khom|ap|khom ap|thon ban)",
    ),
    "GV": (r"giao vien(?: (?:chu nhiem|thcs|thpt|tieu hoc|mam non|tu van hoc duong))?", r"tu van hoc duong"),
    "NCUT": (
        r"ncut|nguoi (?:co )?uy tin(?: trong (?:cong dong|dong bao)(?: dan toc(?: thieu so)?)?)?",
        r"su ca(?: chua)?|(?:truong |pho |thanh vien )?ban quan tri chua",
    ),
    "CB_TINH": (r"(?:cong chuc|can bo|chuyen vien) so (?:van hoa the thao(?: va)? du lich|tu phap|y te)",),
}


@cache
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(role, how it may be written), as soon as a list is read: most processes never do, and it takes 0.15 s."""
    return tuple((code, re.compile(f"(?:{form}){_AT}")) for code, forms in _ROLES.items() for form in forms)


# What a title or a section row may say about everybody below it. Longer phrases stand before shorter ones.
_PHRASES: tuple[tuple[str, str], ...] = (
    ("TT_HG", r"to truong (?:cac )?(?:to )?hoa giai"),
    ("HGV", r"hoa giai vien|(?:cac )?to hoa giai"),
    ("CTV_DS", r"cong tac vien(?: lam cong tac)? dan so"),
    ("CTV_GD", rf"cong tac vien (?:cong tac )?(?:gia dinh|{_DV})"),
    ("TNV", r"tinh nguyen vien"),
    ("TTV", r"tuyen truyen vien"),
    ("BCV", r"bao cao vien"),
    ("TVV", r"tu van vien|nhan vien tu van"),
    ("NVCS", r"nhan vien cham soc"),
    ("DCTC", r"dia chi tin cay"),
    ("CLB", rf"chu nhiem cau lac bo gia dinh|thanh vien nhom {_DV}"),
    ("TKHOM", r"truong (?:ban nhan dan )?(?:cac )?(?:khom|ap)"),
    ("MTKDC", r"truong (?:cac )?ban (?:cong tac )?mat tran"),
    ("CHPN", r"chi hoi truong (?:chi hoi )?(?:hoi )?(?:lien hiep )?phu nu"),
    ("ANTT", r"bao ve an ninh trat tu"),
    ("NVYT", r"nhan vien (?:tram )?y te|y te khom ap"),
    ("CC_TP", r"(?:cong chuc|can bo) tu phap"),
    ("CC_VHXH", r"(?:cong chuc|can bo)(?: phong)? van hoa(?: va)? xa hoi"),
    ("CAX", r"can bo cong an"),
    ("NCUT", r"nguoi (?:co )?uy tin"),
)
TITLE_PHRASES = tuple((code, re.compile(rf"\b(?:{phrase})\b")) for code, phrase in _PHRASES)

# (role of the title above, words of the cell) → role: in a list of mediators "tổ trưởng" is clear.
IN_CONTEXT: dict[tuple[str, str], str] = {
    **{("HGV", words): "HGV" for words in ("to vien", "to pho", "thanh vien", "uy vien", "thu ky")},
    **{("HGV", words): "TT_HG" for words in ("to truong", "truong to")},
    **{("TT_HG", words): "TT_HG" for words in ("to truong", "truong to")},
    **{(code, "cong tac vien"): code for code in ("CTV_DS", "CTV_GD")},
    ("CHPN", "chi hoi truong"): "CHPN",
    ("MTKDC", "truong ban"): "MTKDC",
    ("ANTT", "to vien"): "ANTT",
    ("ANTT", "to truong"): "ANTT",
    ("ANTT", "to pho"): "ANTT",
}

SPECIALISES = {"TT_HG": "HGV"}

OTHER_POSTS = re.compile(
    r"(?:"
    r"(?:pho )?bi thu(?: chi bo| dang uy| chi doan| doan| doan thanh nien)?"
    r"|pho (?:truong )?(?:ban nhan dan )?(?:khom|ap)|pho (?:truong )?ban cong tac mat tran"
    r"|chi hoi (?:truong|pho) (?:hoi )?(?:nong dan|cuu chien binh|nguoi cao tuoi|chu thap do|khuyen hoc)"
    r"|chi hoi pho(?: hoi)? phu nu|to truong (?:to )?phu nu"
    r"|(?:khom|ap) doi truong|dang vien|hoi vien|doan vien|thu ky|thanh vien|uy vien|huu tri|can bo huu tri"
    r")" + _AT
)
