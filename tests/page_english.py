"""The English subjects, sentences and names of the page generator."""

from __future__ import annotations

from page_material import Phrasebook, subject

SUBJECTS = (
    subject(
        "rural schooling",
        "teachers; head teachers; parents; bus drivers; pupils",
        "school lunches; shared lessons; the school bus; evening homework clubs; science rooms",
        "share its best teachers; repair the old classrooms; run a later bus; open a homework club",
        "long journeys; empty desks; a lack of teachers; cold classrooms",
        "Hillfoot Primary; the valley college; Marsh Lane School",
    ),
    subject(
        "clean water",
        "plumbers; river wardens; farmers upstream; engineers; anglers",
        "the treatment works; leaking pipes; the reservoir; rain barrels; the river path",
        "replace the iron mains; fence off the springs; publish test results; dredge the channel",
        "falling water levels; burst mains; polluted runoff; high bills",
        "Alder Reservoir; the Northgate works; the lower river",
    ),
    subject(
        "public libraries",
        "librarians; readers; volunteers; story tellers; students",
        "the mobile library; reading groups; opening hours; local archives; audio books",
        "keep branches open on Sundays; lend musical instruments; scan the parish archives",
        "shrinking budgets; worn shelves; short opening hours; fines",
        "Weaver Street Library; the old town hall; the Eastside branch",
    ),
    subject(
        "care for the elderly",
        "carers; nurses; neighbours; retired workers; cooks",
        "lunch clubs; home visits; night care; telephone circles; warm rooms",
        "train more carers; open a lunch club; fit handrails in every flat; pay for night care",
        "loneliness; staff shortages; unpaid bills; cold homes",
        "Rosewood House; the harbour district; St Anne's ward",
    ),
    subject(
        "night buses",
        "drivers; shift workers; dispatchers; cleaners; passengers",
        "the last bus; bus lanes; shelters; electric engines; paper tickets",
        "run buses until two; paint new bus lanes; light every shelter; drop the cash fare",
        "late services; crowded stops; broken screens; diesel fumes",
        "the central depot; Canal Street; the hospital loop",
    ),
    subject(
        "city museums",
        "curators; guides; restorers; school groups; collectors",
        "the ship gallery; free evenings; the clay collection; touch tours; the new roof",
        "stay open on Fridays; lend objects to schools; restore the great loom; label every case",
        "leaking roofs; thin crowds; crowded stores; dull labels",
        "the Maritime Museum; the brick kiln; the folk gallery",
    ),
)

TITLES = (
    "Why {t} matter to {a}",
    "{w} plans to {d}",
    "What {p} mean for {s}",
    "A new start for {s}: {w} will {d}",
    "How {a} learned to live with {p}",
)

SUBTITLES = ("——A report from {w}", "——Lessons in {s}, part {m}")

EYEBROWS = ("{s}", "Letter from {w}")

HEADINGS = ("Living with {p}", "The promise of {t}", "Who pays for {t}", "What {a} want")

SENTENCES = (
    "For {a} at {w}, {t} have changed the shape of the week.",
    'Last year the council spent ${q}.{m} million to {d}, and critics called it "a gamble".',
    "It did not come cheaply.",
    "Dr. {x}, who has studied {s} for {k} years, says that {p} are only part of the story.",
    "Some {c}% of those asked named {p} as their first worry; fewer than one in ten named cost.",
    "Nobody doubts that {t} need money, yet money alone has never been enough.",
    '"We never thought that {t} would last," said {x}, one of the {a} at {w}.',
    "Between {y} and today, complaints about {p} fell from {n} to {k} a month.",
    "What would it take to {d}?",
    "The answer, according to the report, lies with {a} (and with those who pay them).",
    "At {w}, the first step was to {d}, and the second was to listen.",
    "Visitors from {m} other towns have come to see how {t} are run.",
    "Each of the {n} households will get a letter, a number to call and a named contact.",
    "If {p} return next winter, {a} will be the first to notice.",
    "The lesson for {s} is plain enough: start small, measure honestly and keep going.",
    "By the end of the trial, {t} cost {k} per cent less than before.",
    "Still, {a} warn that progress in {s} can be lost in a single season.",
    "That argument has been settled at {w}, where {t} now come first.",
    "Plans to {d} go before the committee in March.",
    "{x} keeps a notebook of every case, and the notebook is nearly full.",
    "There are no short cuts.",
    "Older residents remember a time when {p} were simply accepted.",
    "Those who run {t} at {w} would rather be judged on results than on promises.",
    "A second study, published in {y}, found the same pattern among {a} elsewhere.",
    "None of this would have happened without {a}, and everybody in {s} knows it.",
    "On a wet Tuesday in {y}, {k} {a} met at {w} to talk about {p}, and they have met ever since.",
    "{x}, now 5{q}, first came to {w} by accident and stayed because of {t}.",
    "Ask {a} what has changed and most will point to {t}.",
    "The sums are simple: every pound put into {t} saves about {q} elsewhere.",
    "Even so, the decision to {d} was carried by a single vote.",
    "Too often, {s} is discussed only when {p} make the front page.",
    "There is, of course, another side to the question of {t}.",
    "Officials had hoped to {d} by {y}; they now speak of two more years.",
    "In all, {n} people signed the petition that {x} carried to the council.",
    "Good intentions about {p} are not in short supply, but good records are.",
    "What struck visitors to {w} most was how quiet {t} had become.",
    "Where {p} were worst, {a} asked for help and got it within {k} days.",
    'As one of the {a} put it, "we used to count {p}; now we count what we save".',
    "The pilot at {w} cost less than planned, and the rest of the money went to {u}.",
    "Two streets away, {u} tell a different story.",
    "{x} would go further and {d} at once, whatever the season.",
    "Neither {t} nor {u} can be run from an office in the capital.",
    "A fair test of {s} is how it treats people who never complain.",
    "Of the {n} letters received, most asked when the council would {d}.",
    "Experience at {w} suggests that {p} shrink when {a} are trusted to act.",
    "Last spring the figure stood at {c}%, the best for {s} since {y}.",
    "Training takes {k} weeks, and {a} are paid for every one of them.",
    "Whether {t} survive the next round of cuts is another matter.",
    "It helps that {w} is open to anybody who wishes to see how the work is done.",
    "By then {a} had stopped waiting and begun to organise {u} themselves.",
)

AFFILIATIONS = (
    "a lecturer at Northfield College",
    "director of the Harbour Institute",
    "a researcher at the Centre for Local Government",
)

FIRST_NAMES = ("Jane", "Tom", "Alice", "Peter", "Ruth", "David", "Helen", "Martin", "Grace", "Owen")

LAST_NAMES = ("Carter", "Ellis", "Hughes", "Marlow", "Price", "Barnett", "Doyle", "Fenwick", "Lane")


ENGLISH = Phrasebook(
    subjects=SUBJECTS,
    eyebrows=EYEBROWS,
    titles=TITLES,
    subtitles=SUBTITLES,
    headings=HEADINGS,
    openings=SENTENCES,
    sentences=SENTENCES,
    affiliations=AFFILIATIONS,
    caption="Photo: {a} at {w}",
)
