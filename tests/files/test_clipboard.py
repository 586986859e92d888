"""A block on the clipboard becomes labels and columns, whichever way it lies."""

from __future__ import annotations

import pytest

from cvjkit.files.clipboard import Block, Column, is_number, is_total, read_block


def read(text: str, room: int = 3) -> Block:
    return read_block(text, {"Ask", "Buy", "Stay"}.__contains__, room)


@pytest.mark.parametrize("text", ["Ask\t9\nBuy\t5\nStay\t1", "Ask\tBuy\tStay\n9\t5\t1"])
def test_a_table_reads_the_same_down_and_across(text: str) -> None:
    assert read(text) == Block(["Ask", "Buy", "Stay"], [Column("", ["9", "5", "1"])], is_named=True)


def test_a_quote_that_is_never_closed_is_part_of_the_text() -> None:
    labels = read('Ask\t9\n"Screen\t2\nBuy "now\t5').labels
    assert labels == ["Ask", '"Screen', 'Buy "now']


def test_months_beside_each_other_are_columns_and_not_rows() -> None:
    months = [f"{month}" for month in ("May", "June", "July", "August")]
    block = read("\t".join(["", *months]) + "\na\t9\t8\t7\t6\nb\t5\t4\t3\t2\nc\t1\t1\t1\t1")
    assert [column.heading for column in block.columns] == months
    assert block.columns[0].texts == ["9", "5", "1"]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (["8", "4", "2", "14"], True),
        (["8", "4", "2", "13"], False),
        (["8", "4", "12"], False),
        (["0", "0", "0", "0"], False),
        (["8", "-", "2", "10"], False),
        (["1.000", "2.000", "3.000", "6.000"], True),
    ],
)
def test_a_last_number_is_a_total_if_it_is_the_sum_of_the_others(
    numbers: list[str], expected: bool
) -> None:
    column = Column("", numbers)
    block = Block([""] * len(numbers), [column], is_named=False)
    assert is_total(block, len(numbers) - 1, column) is expected


@pytest.mark.parametrize("label", ["Total", "TOTALS", "Grand total", "Total users", "Summe", "Sum"])
def test_a_row_called_so_is_a_total(label: str) -> None:
    column = Column("", ["9"])
    assert is_total(Block([label], [column], is_named=False), 0, column)
    assert not is_total(Block([label[1:]], [column], is_named=False), 0, column)


def test_a_number_may_have_its_share_in_brackets_behind_it() -> None:
    assert is_number("2,000 (25%)")
    assert not is_number("two (25%)")
    assert read("Ask\t9 (100%)\nBuy\t5 (56 %)").columns == [
        Column("", ["9", "5"]),
        Column("", ["100%", "56 %"]),
    ]
