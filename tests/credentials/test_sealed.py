"""The vault's format: what goes in comes out, and nothing that was touched does."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from tui.calls import Secret
from tui.credentials import sealed as form
from tui.credentials.sealed import COST, LARGEST, MAGIC, Cost, Sealed, WrongKey, derive, parse, seal, unseal

CHEAP = Cost(8, 1, 1)
SALT = bytes(range(16))
ITEMS = {"ali-prod": '{"access_key_id": "LTAI5t", "access_key_secret": "hidden-Secret"}', "hw": "{}"}
KEY = derive(Secret("correct horse"), CHEAP, SALT)
DATA = seal(ITEMS, KEY, CHEAP, SALT)
VERSION, MEMORY, PASSES, LANES, NAMES = 15, 17, 21, 23, 59  # where the head's numbers begin
# Written by version 1 on 2026-11-22 with "passphrase": what people have on their disks must open for ever.
KEPT = bytes.fromhex(
    "7461736b6465636b207661756c740a000100000010000200026465666768696a6b6c6d6e6f70717273f3d836e794b1457dd7b75a4f0000"
    "00125b22616c692d70726f64222c20226877225d682c9039db366e9fa74dca409724d3e992a8b6949ae5e302953e276d96868b1b292aca"
    "7a47a94e5c60bf3b34e823e3cdd37e886ba7e2f2939feae3a0f4f6fe82d4a252ed9bbcb3ccaa88bdd03ae7a389da55b85e108741b29a4a"
    "a8c3e666d272f610056d07b1c3886520fade1bae91b538e3d8184fa884ecb4dd71c4b9464a035e3e6691f6937a8be3457e39ae9703a2fe"
    "f81c3756eaa7d5d090d0f9e94e10fd927934c99e2b6abf053d558052b65d76663cf96facb07127c391c9983e7012f57c1046c041ed663c"
    "bda764f281bf969dc78d6629feef8aad46e5cfcc5109a4b0c335d7b3b8750714ef91886e8ce2af6ad0fcbb41c80674ea9f91da998fbb1d"
    "ea36a233fdefa69d79f25030bf4d5a9aa72d05ff6a09369745e7876ff1ac21dc0394ab6281952ee5240271c4bb1f54fc30ef57fdc9e4e9"
    "1078dba556d9f05ce6fc93218ec4c07cad16a0b3da3d1faa4e6f750ad665348cbf508398ee11b5e1a5ebc03866a9f13228a65c40651184"
    "902a35ea7b7972514b3071eb3657e33393ec8aedda186fd55636ca6625e6a47a32ec36bdc5c53f08d8a7c5a871a5c9e4be6eada103999f"
    "1f200d92c173c3162d4f155fe7eb5891230b8d3087d66e2a7ed2463267d5525df11adde402fc40b6bedf7a53349a121cca06dc7ef57514"
    "33eb26179eabd5c28b4948ec3433172b6f5176b6f0c27ab034543d4619035c2381f9e230e34f070ba39811ed9883223c0efc2cf87b5bef"
    "ab4f7c90c1e6007872814f2804ff8ae7039ff0db6983307fe443f4a94b25"
)


def mended(data: bytes) -> bytes:
    """With a checksum that fits, as somebody would who changes the file on purpose."""
    return data[:-32] + sha256(data[:-32]).digest()


def put(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


@given(st.dictionaries(st.text(), st.text(), max_size=5), st.text())
def test_what_is_sealed_is_what_is_opened(items: dict[str, str], passphrase: str) -> None:
    key = derive(Secret(passphrase), CHEAP, SALT)
    sealed = parse(seal(items, key, CHEAP, SALT))
    assert (unseal(sealed, key), sealed.names) == (items, tuple(sorted(items)))
    assert (sealed.cost, sealed.salt) == (CHEAP, SALT)
    with pytest.raises(WrongKey):
        unseal(sealed, derive(Secret(passphrase + "."), CHEAP, SALT))


def test_what_was_written_by_the_first_version_opens() -> None:
    sealed = parse(KEPT)
    assert unseal(sealed, derive(Secret("passphrase"), sealed.cost, sealed.salt)) == ITEMS


def test_the_names_are_readable_and_nothing_else_is() -> None:
    assert DATA.startswith(MAGIC)
    assert b"ali-prod" in DATA
    for text in (b"LTAI5t", b"hidden", b"access_key", b"correct", KEY):
        assert text not in DATA
    assert KEY.hex() not in repr(parse(DATA))


def test_two_files_of_the_same_have_nothing_in_common_but_the_head() -> None:
    one, two = parse(DATA), parse(seal(ITEMS, KEY, CHEAP, SALT))
    assert one.nonce != two.nonce
    assert one.body[:64] != two.body[:64]


def test_the_length_says_little() -> None:
    assert len(seal({"a": "x" * 20}, KEY, CHEAP, SALT)) == len(seal({"a": "x" * 400}, KEY, CHEAP, SALT))


@pytest.mark.parametrize("flip", [0x01, 0x80, 0xFF])
def test_every_single_flipped_byte_is_refused(flip: int) -> None:
    """Without the passphrase, by the checksum; and with the key and a checksum that fits, by the seal."""
    for at in range(len(DATA)):
        flipped = put(DATA, at, bytes([DATA[at] ^ flip]))
        with pytest.raises(ValueError, match=r"damaged|later|no taskdeck vault"):
            parse(flipped)
        if mended(flipped) != DATA:  # else it was the checksum itself
            with pytest.raises(ValueError, match=r"^(is|asks|does not open)"):
                unseal(parse(mended(flipped)), KEY)


def test_a_flipped_byte_at_the_real_cost() -> None:
    key = derive(Secret("correct horse"), COST, SALT)
    data = seal(ITEMS, key, COST, SALT)
    again = derive(Secret("correct horse"), parse(data).cost, parse(data).salt)
    assert unseal(parse(data), again) == ITEMS
    with pytest.raises(WrongKey):
        unseal(parse(mended(put(data, len(data) - 40, bytes([data[-40] ^ 1])))), again)


def test_every_file_that_ends_early_or_late_is_refused() -> None:
    for end in range(len(DATA)):
        for cut in (DATA[:end], mended(DATA[:end]) if end > 32 else b""):
            with pytest.raises(ValueError, match=r"^(is|asks|does not open)"):
                unseal(parse(cut), KEY)
    with pytest.raises(ValueError, match="checksum"):
        parse(DATA + b"\n")


@given(st.binary(max_size=400), st.sampled_from([b"", MAGIC, MAGIC + b"\x00\x01", DATA[:NAMES]]))
def test_whatever_else_is_in_the_file_is_told_in_a_sentence(noise: bytes, start: bytes) -> None:
    for data in (start + noise, mended(start + noise + bytes(32)), noise + DATA):
        if data != DATA:
            with pytest.raises(ValueError, match=r"^(is|asks|does not open|opens, but)"):
                unseal(parse(data), KEY)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b"[default]\naccess_key_id = x", "is no taskdeck vault"),
        (MAGIC, "is cut off"),
        (DATA[:100], "is damaged|is cut off"),
        (put(DATA, VERSION, b"\x00\x02"), "is of version 2, made by a later taskdeck: this one reads version 1"),
        (mended(put(DATA, VERSION, b"\x00\x00")), "is damaged"),
        (mended(put(DATA, NAMES - 4, b"\xff\xff\xff\xff")), "parts do not fit"),
        (mended(put(DATA, NAMES - 4, b"\x00\x00\x00\x01")), "list of accounts"),
        (MAGIC + bytes(LARGEST), "is larger than the 1,048,576 bytes"),
        (mended(put(DATA, MEMORY, b"\xff\xff\xff\xff")), "asks for 4,294,967,295 KiB"),
        (mended(put(DATA, MEMORY, b"\x06\x40\x00\x00")), "asks for 104,857,600 KiB"),  # 100 GB
        (mended(put(DATA, MEMORY, b"\x00\x00\x00\x07")), "asks for 7 KiB"),
        (mended(put(DATA, PASSES, b"\x00\x00")), "asks for .* 0 passes"),
        (mended(put(DATA, PASSES, b"\xff\xff")), "asks for .* 65,535 passes"),
        (mended(put(DATA, LANES, b"\x00\x00")), "asks for .* 0 lanes"),
        (mended(put(DATA, MEMORY, b"\x00\x10\x00\x00\x00\x05")), "asks for 5 passes over 1,048,576 KiB"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",  # the bytes are other ones in each worker
)
def test_what_is_refused_before_anybody_is_asked_for_a_passphrase(data: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse(data)


def test_deep_lists_of_accounts_are_no_crash() -> None:
    names = b"[" * 200_000
    head = put(DATA[:NAMES], NAMES - 4, len(names).to_bytes(4, "big"))
    with pytest.raises(ValueError, match="list of accounts"):
        parse(mended(head + names + bytes(48)))


@pytest.mark.parametrize(
    "text",
    [b"[]", b"{", b"\xff", b'{"ali-prod": 1, "hw": ""}', b'{"hw": "{}"}', b'{"a": "", "ali-prod": "", "hw": ""}'],
)
def test_what_opens_and_is_not_what_it_says_is_refused(text: bytes) -> None:
    """Made with the right passphrase, by another program."""
    head = parse(DATA).head
    nonce = parse(DATA).nonce
    with pytest.raises(ValueError, match="opens, but"):
        unseal(Sealed(CHEAP, SALT, parse(DATA).names, nonce, head, AESGCM(KEY).encrypt(nonce, text, head)), KEY)


def test_one_spelling_of_a_passphrase_is_as_good_as_the_other() -> None:
    assert derive(Secret("caf\u00e9"), CHEAP, SALT) == derive(Secret("cafe\u0301"), CHEAP, SALT)
    assert derive(Secret("caf\udce9"), CHEAP, SALT) != derive(
        Secret("caf\u00e9"), CHEAP, SALT
    )  # a byte that is no text


def test_the_salt_and_the_cost_make_another_key() -> None:
    keys = {derive(Secret("x"), *given) for given in ((CHEAP, SALT), (CHEAP, SALT[::-1]), (Cost(16, 1, 1), SALT))}
    assert len(keys) == 3


def test_too_much_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="would be larger"):
        seal({"a": "x" * LARGEST}, KEY, CHEAP, SALT)
    most = {str(number): json.dumps({"token": "x" * 900}) for number in range(1000)}
    assert unseal(parse(seal(most, KEY, CHEAP, SALT)), KEY) == most


def test_our_own_cost_is_within_our_bounds() -> None:
    assert parse(seal({}, bytes(form.KEY), COST, SALT)).cost == COST == (65_536, 3, 4)
