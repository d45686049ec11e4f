"""docs/filters.md, written from the field table: `python -m tui.query.docs > docs/filters.md`."""

from __future__ import annotations

import sys

from tui.model import State
from tui.query import match, parser, query, regex
from tui.query.fields import EXTRA, FIELDS, RANK, SCREEN, Field, Kind

HEAD = """\
# Filters

One language everywhere: the filter bar, saved views, and every FILTER of the command line. This page is written from
the field table by `python -m tui.query.docs > docs/filters.md`; a test compares.

| want | type |
|---|---|
| failures today, not canaries | `state:fail created:today -name:canary` |
| running for more than ten minutes | `state:run dur>10m` |
| everything except success | `-state:ok` |
| two clouds, one instance, either error | `src:fc,tat (error~timeout OR error~OOM) target:ins-2k8d` |
| exit codes 1 to 127 | `tat.exit:1..127` |
| a text anywhere | `transcode` or `"memory limit"` |
| the ten slowest | `sort:-dur limit:10` |

## Grammar

```
query   = ( or | view )*
or      = and ( ("OR" | "||") and )*
and     = not ( ("AND" | "&&")? not )*           blank = AND
not     = ("-" | "!" | "NOT ")* atom
atom    = "(" or ")" | field op values | "/" regex "/" | "~" fuzzy | quoted | word
op      = ":" | "=" | "!=" | ">" | ">=" | "<" | "<=" | "~"
values  = value ( "," value )*                   value = word | quoted | "/" regex "/" | a..b
view    = "sort:" ["-"] field | "group:" field | "limit:" n | "@" savedname
```

View terms stand at the top level, anywhere in it; `sort:`, `group:` and `limit:` once each. What is typed beside
`@name` wins over the view's own sort, group and limit. What stands on the two sides of a view term is joined by AND.
"""

RULES = """\
## Words

- A word is looked for in the id, name, target, error, native state, kind, scope, request id and the texts among the
  extras of a task, and in the name, account and region of its source. Not in its state: that is `state:`.
- **Smart case**: without a capital case does not count, with one it does.
- `"quoted text"` may hold blanks and signs; `\\"` and `\\\\` inside. What looks like a field and is none must be
  quoted: `"OOM: memory"`.
- An id as the screen cuts it, `job-7f31..a90c`, finds what begins and ends so.
- `~trnscd` is fuzzy: its letters in this order, within four times its length, in one text.

## Comparing

| kind | operators | `:` means |
|---|---|---|
{kinds}

- `=` is the whole text, `!=` is whatever `=` is not: a task without the field included. Every other comparison is
  false where the task has no such value; `-dur>5m` therefore holds for tasks without a duration.
- A comma means "or": `state:fail,expd`. `field:*` is any value at all, `field=""` none.
- `field~text` is fuzzy, `field:/regex/` is a regular expression.
- `{groups}` are groups of states.
- `src:` takes a short code (FC OS MPS TAT KPS: what follows the vendor in the adapter id), else it looks into the
  names and adapter ids of sources.

## Values

- **Numbers** `42` `-1` `62%` `10k` (x 1,000) `4MiB` (x 1,048,576). Ranges `1..127`, `5..`, `..5`, both ends included.
- **Durations** `250ms` `30s` `5m` `2h` `1d` `1w` `1h30m`. `dur:5m` is what shows as 5m: below 6m.
  `duration_ms` also takes a number without a unit.
- **Times** `today` `yesterday` `now` `14:02` `14:02:30` `2026-11-21` `2026-11-21T09:00` `2026-11-21T09:00:00Z` `-2h`,
  in the zone of the screen. A clock time is the last one: at 00:30, `23:50` is forty minutes ago. With `:` a day is
  the whole day, `14:02` that minute, `-2h` the last two hours. In comparisons and ranges a day is still the whole day
  (`>yesterday` begins today), a clock time is that instant. Day words follow the clock while a filter stays open.
- `p95` is refused until there is a history ledger.

## Sorting

`sort:field` from small to large, `sort:-field` the other way; tasks without the field come last, ties are newest
first. Texts sort without case. States sort by what wants an eye first:
{rank}.

On the command line `--sort` and `--limit` say the same: a `sort:` in the filter wins over `--sort`, of two limits the
smaller one counts. `taskdeck frame --screen all FILTER` shows the rows of `taskdeck list FILTER`, in the same order.

## Push-down

`taskdeck list`, `check` and the first read of `wait` ask a provider only for what a filter can match, where the answer
is exact; rows and exit code are those of the whole read. The monitor and `tail` always read a source whole.

| source | is asked for |
|---|---|
| FC | `status` where the states come down to one (`state:ok`; but `state:fail` is two: Failed, Invalid) |
| | `prefix` for `id=Job-7` and `id:/^Job-/`; without a capital only digits and signs are sure |
| | the start, for `started:` |
| OS | `status` where the states come down to one; starts, and the ends of tasks in one final state |
| MPS | of its four lists those that hold the states; the FINISH lists from `created:` on and up to `ended:` |
| TAT | `instance-id` for `inst=` and `target=`, `invocation-id` for `tat.invocation=`, `command-id` for `cmd=` |
| KPS | the failed ones alone where nothing live can match |

A source of which the filter says that it wants none of its tasks (`src:kps`, `-region:cn-hangzhou`, `acct:tx-prod`) is
not read at all, by `tail` neither, and its failures do not count; where that leaves no source, all are read.

What stands under OR is asked for where every branch says it, under NOT only states. `age` says nothing about a start.
Less is read, so less can go wrong: a list that is not needed cannot fail, and `max_tasks` counts what was read.

## Regular expressions

Python's syntax without look-around, backreferences and inline flags, at most {pattern} characters and {groups_max}
groups, over the first {longest:,} characters of a text. Whatever the pattern, none runs for ever: one with many
choices is followed through the text once, never tried again and again.

## Limits

A query has at most {query:,} characters, {deepest} parentheses inside each other and {views} saved views,
which may name each other but not themselves.
"""

SCREEN_DOC = "Only on screen, yes or no: {names}."
MEANS = {
    Kind.TEXT: "contains",
    Kind.STATE: "canonical name, screen word, a prefix of either, or a group; case never counts",
    Kind.SOURCE: "short code, or contains",
    Kind.NUMBER: "equal, or within a range",
    Kind.DURATION: "shows so, or within a range",
    Kind.AGE: "shows so, or within a range",
    Kind.TIME: "within that day, minute or range",
    Kind.EXTRA: "equal where both are numbers, else contains",
}


def page() -> str:
    """The whole page."""
    kinds = "\n".join(f"| {kind} | `{match.operators(kind)}` | {MEANS[kind]} |" for kind in Kind)
    rules = RULES.format(
        kinds=kinds,
        groups="`, `".join(match.GROUPS),
        rank=", ".join(sorted(State, key=lambda state: RANK[state])),
        pattern=regex.PATTERN,
        groups_max=regex.GROUPS,
        longest=regex.LONGEST,
        query=parser.LONGEST,
        deepest=parser.DEEPEST,
        views=query.MOST_VIEWS,
    )
    screen = SCREEN_DOC.format(names=" ".join(f"`{name}`" for name in SCREEN))
    extras = (
        "A dotted name under a prefix that is not in this table is a fact of an adapter of your own "
        "(kind `extra`): any will do."
    )
    rows = "\n".join(map(_row, (*FIELDS.values(), EXTRA)))
    fields = f"## Fields\n\n| field | short | kind | is |\n|---|---|---|---|\n{rows}\n\n{screen}\n{extras}\n"
    return f"{HEAD}\n{fields}\n{rules}"


def _row(field: Field) -> str:
    short = " ".join(f"`{alias}`" for alias in field.aliases)
    return f"| `{field.name}` | {short} | {field.kind} | {field.doc} |"


if __name__ == "__main__":
    sys.stdout.write(page())
