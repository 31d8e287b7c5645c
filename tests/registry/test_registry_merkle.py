"""The Merkle tree against trees that are put together by hand, as RFC 6962, section 2.1.3 draws them."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenalgo.registry.record import merkle


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


D = [bytes([i]) for i in range(7)]
A, B, C, E, F, G, J = (leaf(data) for data in D)
#: The tree of seven leaves of section 2.1.3: hash = node(k, l), k = node(g, h), l = node(i, j).
G2, H2, I2 = node(A, B), node(C, E), node(F, G)
K2, L2 = node(G2, H2), node(I2, J)


def test_no_leaf() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root([]).hex() == empty


def test_known_vectors() -> None:
    # The test tree of the reference implementation of Certificate Transparency, its first leaves.
    first, second = b"", b"\x00"
    one = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    two = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert merkle.root([first]).hex() == one
    assert merkle.root([first, second]).hex() == two
    three = "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert merkle.root([first, second, b"\x10"]).hex() == three


def test_the_trees_of_the_rfc() -> None:
    assert merkle.root(D[:1]) == A
    assert merkle.root(D[:2]) == G2
    assert merkle.root(D[:3]) == node(G2, C)
    assert merkle.root(D[:4]) == K2
    assert merkle.root(D[:6]) == node(K2, I2)
    assert merkle.root(D) == node(K2, L2)


def test_the_proofs_of_the_rfc() -> None:
    assert merkle.proof(D, 0) == (B, H2, L2)
    assert merkle.proof(D, 3) == (C, G2, L2)
    assert merkle.proof(D, 4) == (G, J, K2)
    assert merkle.proof(D, 6) == (I2, K2)


def test_there_is_no_such_leaf() -> None:
    with pytest.raises(IndexError):
        merkle.proof(D, 7)


@given(st.integers(1, 70), st.data())
def test_a_proof_leads_to_the_root_and_to_no_other_place(size: int, data: st.DataObject) -> None:
    leaves = [str(i).encode() for i in range(size)]
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    path, root = merkle.proof(leaves, index), merkle.root(leaves)
    assert merkle.root_from_proof(leaves[index], index, size, path) == root
    if other != index:
        assert merkle.root_from_proof(leaves[other], index, size, path) != root
        assert merkle.root_from_proof(leaves[index], other, size, path) != root
    assert merkle.root_from_proof(leaves[index], index, size, (*path, b"x" * 32)) is None
    assert merkle.root_from_proof(leaves[index], size, size, path) is None
    if path:
        assert merkle.root_from_proof(leaves[index], index, size, path[:-1]) != root


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_the_edge_that_grows_gives_the_same_root(leaves: list[bytes]) -> None:
    edge: tuple[bytes, ...] = ()
    for size, one in enumerate(leaves):
        edge = merkle.grow(edge, size, one)
        assert merkle.root_of_edge(edge) == merkle.root(leaves[: size + 1])
    assert merkle.edge_of(leaves) == edge
