"""YAML, read strictly, with the place of everything.

The events of libyaml's parser (PyYAML's own where libyaml is absent) are put together here, so that
scalars mean what YAML 1.2 says, and what a statement does without (anchors, tags, merge keys,
several documents) is refused where it stands. Nothing recurses: depth is checked
before it costs anything.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from greenalgo.findings import escape
from greenalgo.sources import codes, refusals
from greenalgo.sources.document import MAX_DEPTH, ReadError
from greenalgo.sources.scalars import resolve
from greenalgo.sources.text import NO_VALUE, position, show
from greenalgo.sources.tree import Node
from greenalgo.sources.yaml_errors import explain

#: libyaml's parser, or PyYAML's own, which is twelve times as slow.
LOADER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

#: A directive before the first content: after empty lines and comments only.
_DIRECTIVE = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*(%[^\r\n]*)")


def compose(text: str, loader: Any = LOADER) -> Node:
    """Return the tree of a YAML text.

    Args:
        text: The text, as :func:`greenalgo.sources.text.decode` returns it.
        loader: A PyYAML loader; only its parser is used.

    Raises:
        ReadError: It is not YAML, or not of the strict kind.
    """
    directive = _DIRECTIVE.match(text)
    if directive:
        line, column = position(text, directive.start(1))
        raise ReadError(
            codes.DIRECTIVE,
            f"the directive {show(directive[1])} is not read",
            line=line,
            column=column,
            expected="a document without directives",
            found=show(directive[1]),
            hint="delete the line; statements are read as YAML 1.2",
        )
    builder = _Builder(text)
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
    except yaml.YAMLError as error:
        raise explain(error, text) from error
    except (
        ValueError,
        OverflowError,
    ) as error:  # PyYAML's own parser, of an escape like \\Uffffffff
        beyond = re.search(r"\\U(?!000|0010)", text)
        line, column = position(text, beyond.start() if beyond else 0)
        raise ReadError(
            codes.CHARACTER,
            "this escape is not a character (beyond U+10FFFF)",
            line=line,
            column=column,
            expected="an escape of one character",
            found=show(text[beyond.start() :][:10]) if beyond else "an escape",
            hint="write the character itself; the file is UTF-8",
        ) from error
    if builder.root is None:
        only = "the file holds no data, only comments"
        raise ReadError(**refusals.empty(only if text.strip() else "the file is empty"))
    return builder.root


class _Frame:
    """A mapping or a list that is not closed yet."""

    __slots__ = ("children", "data", "event", "items", "key", "keys", "part")

    def __init__(self, event: Any, part: str | int, *, mapping: bool) -> None:
        self.event = event
        self.part = part
        self.data: Any = {} if mapping else []
        self.keys: dict[str, Node] | None = {} if mapping else None
        self.children: dict[str, Node] = {}
        self.items: list[Node] = []
        self.key: Node | None = None


class _Builder:
    """Puts events together to nodes."""

    def __init__(self, text: str) -> None:
        self._last = position(text, len(text))
        self.root: Node | None = None
        self._stack: list[_Frame] = []
        self._documents = 0
        self._end = 0

    def take(self, event: Any) -> None:
        """Take the next event.

        Raises:
            ReadError: A statement cannot hold it.
        """
        if isinstance(event, yaml.ScalarEvent):
            self._strict(event)
            self._scalar(event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._strict(event)
            self._open(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._close(event)
        elif isinstance(event, yaml.AliasEvent):
            raise self._anchor(event, f"*{event.anchor}", "alias")
        elif isinstance(event, yaml.DocumentStartEvent):
            self._document(event)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise self._error(
                codes.SEVERAL_DOCUMENTS,
                event,
                "a second document begins here",
                expected="one statement a file",
                found="'---'",
                hint="put each statement into a file of its own, or delete the '---'",
            )

    def _strict(self, event: Any) -> None:
        """Refuse anchors and tags."""
        if event.anchor is not None:
            raise self._anchor(event, f"&{event.anchor}", "anchor")
        if event.tag is not None:
            tag = show(event.tag.replace("tag:yaml.org,2002:", "!!"))
            raise self._error(
                codes.TAG,
                event,
                f"the tag {tag} is not read",
                expected="a value without a tag",
                found=tag,
                hint="delete the tag; quote text that begins with '!'",
            )
        if not self._stack and not isinstance(event, yaml.MappingStartEvent):
            raise self._not_a_mapping(event)

    def _anchor(self, event: Any, found: str, kind: str) -> ReadError:
        return self._error(
            codes.ANCHOR,
            event,
            f"the {kind} {show(found)} is not read",
            expected="each value written out where it belongs",
            found=show(found),
            hint=f"write the value out; quote text that begins with '{found[0]}'",
        )

    def _not_a_mapping(self, event: Any) -> ReadError:
        hint = "is this the right file? 'greenalgo init' writes a statement to begin with"
        if isinstance(event, yaml.SequenceStartEvent):
            found = "a list"
        elif event.value == "" and not event.style:
            return self._error(event=event, **refusals.empty("the document is empty"))
        else:
            found = f"the text {show(event.value)}"
            if re.match(r"\w+:", event.value):
                hint = "write a space after each ':'"
        return self._error(
            codes.NOT_A_MAPPING,
            event,
            f"a statement is a mapping of keys to values; this is {found}",
            expected="a mapping that begins with 'spec_version:'",
            found=found,
            hint=hint,
        )

    def _scalar(self, event: Any) -> None:
        top = self._stack[-1]
        is_key = top.keys is not None and top.key is None
        value: Any = event.value
        if not event.style:
            value = self._plain(event, is_key=is_key)
        bad = re.search(NO_VALUE, value) if isinstance(value, str) else None
        if bad:
            raise self._error(event=event, **refusals.escaped(bad[0]))
        node = self._node(event, value)
        # An empty value has no place of its own: libyaml puts it after the comments that follow.
        self._end = max(self._end, node.end) if event.value or event.style else self._end
        if is_key:
            self._key(event, node)
        else:
            self._put(node)

    def _plain(self, event: Any, *, is_key: bool) -> Any:
        if is_key and event.value == "<<":
            raise self._error(
                codes.MERGE_KEY,
                event,
                "the merge key '<<' is not read",
                expected="each key written out",
                found="'<<'",
                hint="write the keys out that it would bring in",
            )
        try:
            return resolve(event.value)
        except OverflowError:
            if is_key:
                return 0
            raise self._error(event=event, **refusals.beyond(event.value)) from None
        except FloatingPointError:
            if is_key:
                return 0.0
            raise self._error(
                codes.NOT_FINITE,
                event,
                f"{show(event.value)} is not a finite number",
                expected="a finite number",
                found=show(event.value),
                hint="give a number, or {status: not_assessed, reason: ...}",
            ) from None

    def _key(self, event: Any, node: Node) -> None:
        top = self._stack[-1]
        assert top.keys is not None  # noqa: S101 - a key is only asked of mappings
        if not isinstance(node.value, str):
            raise self._key_type(event, show(event.value) if event.value else "an empty key")
        if node.value in top.keys:
            again = refusals.given_twice(node.value, top.keys[node.value].line)
            pointer = f"{self._pointer()}/{escape(node.value)}"
            raise self._error(event=event, **again, pointer=pointer)
        top.keys[node.value] = node
        top.key = node

    def _key_type(self, event: Any, found: str) -> ReadError:
        plain = isinstance(event, yaml.ScalarEvent) and event.value
        why = ", which YAML does not read as text" if plain else ""
        return self._error(
            codes.KEY_TYPE,
            event,
            f"keys are text; this one is {found}{why}",
            expected="a key that is text",
            found=found,
            hint="put the key in quotes" if plain else "give the value a name before the ':'",
        )

    def _open(self, event: Any) -> None:
        mapping = isinstance(event, yaml.MappingStartEvent)
        part: str | int = ""
        if self._stack:
            top = self._stack[-1]
            if top.keys is not None and top.key is None:
                raise self._key_type(event, "a mapping" if mapping else "a list")
            part = top.key.value if top.key is not None else len(top.items)
        if len(self._stack) == MAX_DEPTH:
            raise self._error(event=event, **refusals.too_deep())
        self._stack.append(_Frame(event, part, mapping=mapping))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        start = frame.event
        flow = bool(start.flow_style)
        if flow:
            self._end = event.end_mark.index
        self._put(
            Node(
                value=frame.data,
                line=start.start_mark.line + 1,
                column=start.start_mark.column + 1,
                start=start.start_mark.index,
                end=self._end,
                flow=flow,
                keys=frame.keys,
                children=frame.items if frame.keys is None else frame.children,
            )
        )

    def _put(self, node: Node) -> None:
        """Give a finished value to what holds it."""
        if not self._stack:
            self.root = node
            return
        top = self._stack[-1]
        if top.key is None:
            top.data.append(node.value)
            top.items.append(node)
        else:
            top.data[top.key.value] = node.value
            top.children[top.key.value] = node
            top.key = None

    def _node(self, event: Any, value: Any) -> Node:
        line, column = self._place(event)
        return Node(value, line, column, event.start_mark.index, event.end_mark.index)

    def _place(self, event: Any) -> tuple[int, int]:
        """Return line and column of an event; libyaml counts a line end that the file lacks."""
        mark = event.start_mark
        return min((mark.line + 1, mark.column + 1), self._last)

    def _pointer(self) -> str:
        """Return the pointer to the innermost open mapping or list."""
        return "".join("/" + escape(frame.part) for frame in self._stack[1:])

    def _error(self, code: str, event: Any, message: str, **more: Any) -> ReadError:
        line, column = self._place(event)
        return ReadError(
            code,
            message,
            line=line,
            column=column,
            **{"pointer": self._here(), **more},
        )

    def _here(self) -> str:
        """Return the pointer to the value that is being read."""
        pointer = self._pointer()
        if self._stack:
            top = self._stack[-1]
            if top.key is not None:
                return f"{pointer}/{escape(top.key.value)}"
            if top.keys is None:
                return f"{pointer}/{len(top.items)}"
        return pointer
