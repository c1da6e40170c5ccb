"""The commands of the desk: `check`, `questionnaire`, `side-by-side` and `news`."""

from __future__ import annotations

from argparse import Namespace

from corpus.errors import UsageError
from corpus.records import Filters
from ui.console import DONE, emit, open_base, query_of, remark, save
from ui.option_parts import filters_of
from ui.tables import check_suffix, save_table


def check(arguments: Namespace) -> int:
    """`check`: a draft against the corpus."""
    from ui import check as checking
    from ui.drafts import commented

    wanted = arguments.output
    if wanted is not None and {arguments.draft.suffix.casefold(), wanted.suffix.casefold()} != {".docx"}:
        raise UsageError("A commented copy is made of a .docx and is one; a table of the findings: --report FILE.")
    if arguments.report is not None:
        check_suffix(arguments.report)
    if wanted is not None and wanted.resolve() == arguments.draft.resolve():
        raise UsageError("The commented copy would take the place of the draft: name another file with --output.")
    checked = checking.check(open_base(arguments), arguments.draft)
    shape = checking.shape(checked)
    if wanted is not None:
        save(wanted, commented(checked.draft, checking.remarks(checked)))
        shape["output"] = str(wanted)
        remark(arguments, f"A copy with comments is in {wanted}.")
    if arguments.report is not None:
        save_table(arguments.report, checking.table(checked), shape)
        remark(arguments, f"The findings are in {arguments.report}.")
    emit(arguments, shape, checking.report(checked))
    return DONE


def questionnaire(arguments: Namespace) -> int:
    """`questionnaire`: the questions of a file, each with its evidence."""
    from ui import questionnaire as asking

    if arguments.output is not None:
        check_suffix(arguments.output)
    questions = asking.read_questions(arguments.file)
    filters = filters_of(arguments)
    base = open_base(arguments)
    remark(arguments, f"Asking {len(questions)} questions of {base.home} …")
    rows = asking.answer_all(base, questions, filters)
    shape = asking.shape(arguments.file, rows, base.revision)
    if arguments.output is None:
        emit(arguments, shape, asking.report(rows))
    else:
        save_table(arguments.output, asking.table(arguments.file.name, rows), shape)
        emit(arguments, shape, f"{asking.summary(rows)} Written to {arguments.output}.")
    return DONE


def side_by_side(arguments: Namespace) -> int:
    """`side-by-side`: a concept over instruments; without one, the list of concepts."""
    from ui import sidebyside

    if arguments.output is not None:
        check_suffix(arguments.output)
    filters = filters_of(arguments)
    base = open_base(arguments)
    if not arguments.concept:
        emit(arguments, *sidebyside.listed(sidebyside.concepts(base)))
        return DONE
    laid = sidebyside.lay(base, query_of(arguments.concept), filters)
    shape = sidebyside.shape(laid, base.revision)
    if arguments.output is None:
        emit(arguments, shape, sidebyside.report(laid))
    else:
        save_table(arguments.output, sidebyside.table(laid), shape)
        many = sum(len(column.provisions) for column in laid.columns)
        emit(arguments, shape, f"{many} provisions of {laid.concept.name} written to {arguments.output}.")
    return DONE


def news(arguments: Namespace) -> int:
    """`news`: the documents and the saved searches, or one search alone; a look without --since moves the marks on."""
    from ui import news as looking

    base = open_base(arguments)
    if arguments.forget is not None:
        looking.forget(base.home, arguments.forget)
        emit(arguments, {"forgotten": arguments.forget}, f'The saved search "{arguments.forget}" is forgotten.')
        return DONE
    day, filters = arguments.since, filters_of(arguments)
    desk, revision = looking.load(base.home), base.revision
    documents, searches = None, list(desk.searches)
    if arguments.query is not None:
        query = query_of([arguments.query])
        name = arguments.name or query
        known = desk.find(name)
        # Another query of the same name is another search, and begins anew.
        same = known is not None and (known.query, known.filters) == (query, filters or known.filters)
        searches = [known if known is not None and same else looking.Saved(name, query, filters or Filters())]
    elif arguments.name is not None:
        raise UsageError("--name names a search: give its words with --query.")
    else:
        documents = looking.documents_since(base, desk, day, filters)
    found = [looking.search_news(base, one, arguments.k, day) for one in searches]
    if day is None and not arguments.peek:
        looking.keep(base.home, looking.seen(desk, revision, searches, documents=documents is not None))
    emit(arguments, looking.shape(documents, found, revision), looking.report(documents, found))
    return DONE
