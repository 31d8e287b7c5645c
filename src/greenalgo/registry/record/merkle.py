"""The Merkle tree of RFC 6962, section 2.1: roots, inclusion proofs, and the right edge that grows.

A leaf is hashed with the prefix 0x00, a node with 0x01, so that one cannot pass for the other. A tree
of n leaves has the largest power of two below n in its left half.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Root of the tree without leaves: SHA-256 of nothing (section 2.1).
EMPTY = hashlib.sha256(b"").digest()
HASH_SIZE = 32


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf: SHA-256(0x00 || leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash a node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree (MTH of the RFC).

    Args:
        leaves: What the leaves hold, in order.
    """
    return root_of_edge(edge_of(leaves))


def edge_of(leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the roots of the complete trees that the leaves form, the largest first."""
    edge: tuple[bytes, ...] = ()
    for size, leaf in enumerate(leaves):
        edge = grow(edge, size, leaf)
    return edge


def grow(edge: tuple[bytes, ...], size: int, leaf: bytes) -> tuple[bytes, ...]:
    """Add a leaf to the right edge of a tree, in time that grows with the logarithm of its size.

    Args:
        edge: As :func:`edge_of` returns it.
        size: How many leaves the tree has before.
        leaf: The new leaf.
    """
    new = leaf_hash(leaf)
    kept = list(edge)
    while size & 1:
        new = node_hash(kept.pop(), new)
        size >>= 1
    return (*kept, new)


def root_of_edge(edge: Sequence[bytes]) -> bytes:
    """Return the root of a tree of which the right edge is known."""
    if not edge:
        return EMPTY
    found = edge[-1]
    for left in reversed(edge[:-1]):
        found = node_hash(left, found)
    return found


def proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the inclusion proof of a leaf (PATH of the RFC), the sibling of the leaf first.

    Args:
        leaves: What the leaves hold, in order.
        index: Which leaf, from 0.

    Raises:
        IndexError: There is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"the tree has {len(leaves)} leaves, there is no leaf {index}")
    path: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root(leaves[middle:high]))
            high = middle
        else:
            path.append(root(leaves[low:middle]))
            low = middle
    return tuple(reversed(path))


def root_from_proof(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Compute the root that a leaf and its proof lead to (RFC 9162, section 2.1.3.2).

    Args:
        leaf: What the leaf holds.
        index: Which leaf it is said to be, from 0.
        size: How many leaves the tree has.
        path: The proof.

    Returns:
        The root; None where the proof is too long or too short for that leaf.
    """
    if not 0 <= index < size:
        return None
    found, last = leaf_hash(leaf), size - 1
    for sibling in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            found = node_hash(sibling, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        index, last = index >> 1, last >> 1
    return found if last == 0 else None


def _split(size: int) -> int:
    """Return the largest power of two that is smaller than a size of at least 2."""
    return 1 << ((size - 1).bit_length() - 1)
