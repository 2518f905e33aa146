"""Everything that can be done in a window, as data: menus, shortcuts, the palette and the list of keys come from here.

What an action does is bound to its id by the window; its keys are those here unless the artist chose others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum


class Scope(Enum):
    """Where the keys of an action are heard."""

    WINDOW = "window"
    PAINT = "paint"
    GRAPH = "graph"
    GALLERY = "gallery"  # also in the strip of results


class Need(Enum):
    """What must be there for an action to make sense."""

    NOTHING = "nothing"
    UNDO = "undo"  # something that can be undone
    REDO = "redo"
    SAVED_FILE = "saved-file"  # a file that may be written to, or none yet
    WORDS = "words"  # words of the prompt are selected
    PHRASE = "phrase"  # a painted phrase is chosen
    NODES = "nodes"  # nodes are selected
    INSIDE = "inside"  # the graph of a component is shown
    SELECTION = "selection"  # nodes, frames or wires are selected
    RESULT = "result"  # a picture is shown or chosen
    JOB = "job"  # something runs or waits


@dataclass(frozen=True)
class Action:
    """One thing that can be done: its id (by which settings rebind it), its words, its menu, and its first keys.

    Actions of one `group` stand together in their menu, and those of one `submenu` in a menu of their own in there.
    """

    id: str
    title: str
    menu: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    help: str = ""
    checkable: bool = False
    scope: Scope = Scope.WINDOW
    group: int = 0
    needs: Need = Need.NOTHING
    submenu: str = ""


NEEDED: Mapping[Need, str] = {
    Need.UNDO: "nothing to undo",
    Need.REDO: "nothing to make again",
    Need.SAVED_FILE: "the file is only read here",
    Need.WORDS: "select words first",
    Need.PHRASE: "choose a phrase first",
    Need.NODES: "select nodes first",
    Need.SELECTION: "select something first",
    Need.RESULT: "choose a picture first",
    Need.JOB: "nothing runs",
}
"""Why an action cannot be done now."""

MENUS = ("File", "Edit", "View", "Phrase", "Paint", "Nodes", "Run", "Picture", "Window", "Help")

_EMPTYING = "Put what was taken out of the gallery into the trash of the system"


def _file() -> tuple[Action, ...]:
    return (
        Action("file.new", "New", "File", ("Ctrl+N",)),
        Action("file.new-from", "New From Template…", "File", ("Ctrl+Shift+N",)),
        Action("file.open", "Open…", "File", ("Ctrl+O",), help="A project, or a picture made with one"),
        Action("file.recent", "All Recent Projects…", "File"),
        Action("file.save", "Save", "File", ("Ctrl+S",), group=1, needs=Need.SAVED_FILE),
        Action("file.save-as", "Save As…", "File", ("Ctrl+Shift+S",), group=1),
        Action("file.save-template", "Save As Template…", "File", group=1),
        Action("file.export-graph", "Export Graph…", "File", help="The nodes alone, as JSON", group=2),
        Action("file.import-layers", "Import Layers…", "File", help="PNG, colour map or OpenRaster", group=2),
        Action("file.export-layers", "Export Layers…", "File", help="PNG, colour map or OpenRaster", group=2),
        Action("file.quit", "Quit", "File", ("Ctrl+Q",), group=3),
    )


def _edit() -> tuple[Action, ...]:
    return (
        Action("edit.undo", "Undo", "Edit", ("Ctrl+Z",), needs=Need.UNDO),
        Action("edit.redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), needs=Need.REDO),
        Action("edit.history", "History", "Edit", help="Every step, to go back to any of them", checkable=True),
        Action("edit.commands", "Commands…", "Edit", ("Ctrl+Shift+P",), help="Search all commands", group=3),
        Action("file.settings", "Settings…", "Edit", ("Ctrl+,",), group=3),
    )


def _phrase() -> tuple[Action, ...]:
    def layer(
        name: str, title: str, *keys: str, told: str = "", scope: Scope = Scope.WINDOW, group: int = 2, icon: str = ""
    ) -> Action:
        return Action(f"phrase.{name}", title, "Phrase", keys, icon, told, False, scope, group, Need.PHRASE)

    told = "Make the selected words a layer"
    return (
        Action("phrase.paint", "Paint This Phrase", "Phrase", ("Ctrl+P",), "paint-phrase", told, needs=Need.WORDS),
        Action("phrase.rebind", "Bind Layer to These Words", "Phrase", needs=Need.WORDS),
        Action("phrase.near", "Offer Near Words", "Phrase", ("Alt+Return", "Alt+Enter"), help="For one underlined"),
        Action("phrase.negative", "Negative Prompt", "Phrase", help="What the picture should stay away from"),
        Action("phrase.switch", "Switch to Another Sentence", "Phrase", help="After a part of the steps"),
        layer("above", "Layer Above", "Alt+]", group=1),
        layer("below", "Layer Below", "Alt+[", group=1),
        layer("raise", "Raise Layer", "Ctrl+]", group=1),
        layer("lower", "Lower Layer", "Ctrl+[", group=1),
        layer("solo", "Show This Layer Alone", group=1),
        layer("lock", "Lock Layer", group=1),
        layer("clear", "Clear", "Del", scope=Scope.PAINT),
        layer("invert", "Invert", "Ctrl+I"),
        layer("feather", "Feather", told="Soften the edge of the paint", icon="feather"),
        layer("grow", "Grow", told="Make the paint wider all around", icon="grow"),
        layer("shrink", "Shrink", told="Make the paint narrower all around", icon="shrink"),
        layer("mirror", "Mirror Left to Right"),
        layer("duplicate", "Duplicate Layer", group=3),
        layer("delete", "Delete Layer", group=3),
    )


def _paint() -> tuple[Action, ...]:
    def tool(name: str, title: str, key: str, told: str) -> Action:
        return Action(f"tool.{name}", title, "Paint", (key,), name, told, True, Scope.PAINT)

    def brush(name: str, title: str, *keys: str) -> Action:
        return Action(f"brush.{name}", title, "Paint", keys, scope=Scope.PAINT, group=1)

    return (
        tool("brush", "Brush", "B", "Paint; Shift draws a straight line"),
        tool("eraser", "Eraser", "E", "Take paint away"),
        tool("lasso", "Lasso Fill", "Q", "Fill a shape drawn by hand; Ctrl takes away"),
        tool("fill", "Fill", "G", "Fill what is enclosed; Ctrl takes away"),
        tool("rectangle", "Rectangle", "R", "Fill a rectangle; Shift makes it square"),
        tool("ellipse", "Ellipse", "O", "Fill an ellipse; Shift makes it round"),
        tool("move", "Move", "V", "Move the paint of the layer"),
        tool("crop", "Crop", "C", "Drag the picture that this one seems to be cut from"),
        tool("pan", "Pan", "H", "Move the canvas; Space does so with any tool"),
        tool("zoom", "Zoom", "Z", "Zoom in; Alt zooms out"),
        brush("swap", "Swap Paint and Erase", "X"),
        brush("smaller", "Smaller Brush", "["),
        brush("larger", "Larger Brush", "]"),
        brush("softer", "Softer Brush", "Shift+[", "{"),
        brush("harder", "Harder Brush", "Shift+]", "}"),
        Action("paint.mirror", "Mirror Symmetry", "Paint", help="Paint on both sides at once", checkable=True, group=2),
    )


def _nodes() -> tuple[Action, ...]:
    def node(
        name: str, title: str, *keys: str, group: int = 0, needs: Need = Need.SELECTION, submenu: str = ""
    ) -> Action:
        return Action(
            f"canvas.{name}", title, "Nodes", keys, scope=Scope.GRAPH, group=group, needs=needs, submenu=submenu
        )

    def part(name: str, title: str, *keys: str, needs: Need = Need.NODES) -> Action:
        return node(name, title, *keys, group=2, needs=needs, submenu="Component")

    return (
        node("add", "Add Node…", "Tab", needs=Need.NOTHING),
        node("note", "Add Note", "N", needs=Need.NOTHING),
        node("look", "Look at the Result", "I", group=1, needs=Need.NODES),
        node("rename", "Rename…", "Ctrl+R", group=1),
        node("wire", "Wire…", "W", group=1, needs=Need.NODES),
        node("mute", "Mute", "M", group=1, needs=Need.NODES),
        node("frame", "Frame", "Ctrl+G", group=2),
        part("component", "Make Component…", "Ctrl+Shift+G"),
        part("enter", "Open Component", "Ctrl+Down"),
        part("leave", "Leave Component", "Ctrl+Up", needs=Need.INSIDE),
        part("show-outside", "Show Outside…"),
        part("make-unique", "Make Unique"),
        part("take-apart", "Take Component Apart"),
        part("keep-component", "Keep Component in Library"),
        part("save-component", "Save Component As…"),
        part("insert-component", "Insert Component From File…", needs=Need.NOTHING),
    )


def _node_edits() -> tuple[Action, ...]:
    def edit(name: str, title: str, *keys: str, group: int = 1, needs: Need = Need.SELECTION) -> Action:
        return Action(f"canvas.{name}", title, "Edit", keys, scope=Scope.GRAPH, group=group, needs=needs)

    return (
        edit("cut", "Cut", "Ctrl+X"),
        edit("copy", "Copy", "Ctrl+C"),
        edit("paste", "Paste", "Ctrl+V", needs=Need.NOTHING),
        edit("duplicate", "Duplicate", "Ctrl+D"),
        edit("duplicate-wired", "Duplicate with Wires", "Ctrl+Shift+D"),
        edit("delete", "Delete and Reconnect", "Del", "Backspace"),
        edit("delete-apart", "Delete", "Shift+Del"),
        edit("select-all", "Select All", "Ctrl+A", group=2, needs=Need.NOTHING),
        edit("select-none", "Select Nothing", "Ctrl+Shift+A", group=2),
        edit("lasso", "Lasso", "Q", group=2, needs=Need.NOTHING),
    )


def _node_places() -> tuple[Action, ...]:
    def place(name: str, title: str, *keys: str, submenu: str, needs: Need = Need.SELECTION) -> Action:
        return Action(f"canvas.{name}", title, "Nodes", keys, scope=Scope.GRAPH, group=3, needs=needs, submenu=submenu)

    lines, moves, walks = "Align and Distribute", "Nudge", "Go To"
    sides = ("left", "centre", "right", "top", "middle", "bottom")
    names = {"centre": "Centres", "middle": "Middles"}
    ways = ("Left", "Right", "Up", "Down")
    return (
        *(place(f"align-{side}", f"Align {names.get(side, side.title() + ' Edges')}", submenu=lines) for side in sides),
        place("distribute-across", "Distribute Across", submenu=lines),
        place("distribute-down", "Distribute Down", submenu=lines),
        *(place(f"nudge-{way.lower()}", f"Nudge {way}", way, submenu=moves) for way in ways),
        *(place(f"go-{way.lower()}", f"Go {way}", f"Alt+{way}", needs=Need.NOTHING, submenu=walks) for way in ways),
    )


def _run() -> tuple[Action, ...]:
    return (
        Action("run.generate", "Generate", "Run", ("Ctrl+Return", "Ctrl+Enter"), "generate", "Make the picture"),
        Action(
            "run.first", "Generate First", "Run", ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"), help="Before all that wait"
        ),
        Action("run.selection", "Generate Up to Selection", "Run", needs=Need.NODES),
        Action("run.fresh", "Generate Afresh", "Run", help="Use nothing that was kept from before"),
        Action("run.cancel", "Cancel", "Run", ("Esc",), "cancel", "Stop what runs and empty the queue", needs=Need.JOB),
        Action("run.queue", "Queue", "Run", icon="queue", help="What runs and what waits", checkable=True, group=1),
        Action(
            "run.live",
            "Live Painting",
            "Run",
            ("L",),
            "live",
            "Generate after each stroke; hold the key to glance at the X-ray",
            True,
            Scope.PAINT,
            group=1,
        ),
        Action("run.seed-fixed", "Same Seed Each Time", "Run", icon="lock", checkable=True, group=2),
        Action("run.seed-next", "Next Seed Each Time", "Run", icon="next", checkable=True, group=2),
        Action("run.new-seed", "New Seed Each Time", "Run", icon="dice", checkable=True, group=2),
    )


def _picture() -> tuple[Action, ...]:
    def picture(name: str, title: str, *keys: str, icon: str = "", told: str = "", group: int = 0) -> Action:
        return Action(f"run.{name}", title, "Picture", keys, icon, told, False, Scope.GALLERY, group, Need.RESULT)

    return (
        picture("restore", "Restore All From This Picture", icon="restore"),
        picture("restore-seed", "Take Only Its Seed"),
        picture("restore-prompt", "Take Only Its Sentence"),
        picture("restore-paint", "Take Only Its Paint"),
        picture("look", "Look at It Large", "Return", "Space", group=1),
        picture("star", "Star", "S", icon="star", told="Mark as a favourite, or no longer", group=1),
        picture("compare", "Compare Two", "C", icon="compare", told="Lay one over the other, with a slider", group=1),
        picture("remove", "Take Out of the Gallery", "Del", told="It can be put back", group=1),
        picture(
            "save-copy", "Save Picture As…", "Ctrl+E", told="A copy where you like; PNG keeps how it was made", group=2
        ),
        picture("copy", "Copy Picture", "Ctrl+C", told="To be put into another program", group=2),
        picture("show-file", "Show File", told="Open the folder in which the picture lies", group=2),
        Action("run.empty-removed", "Empty Removed Pictures", "Picture", help=_EMPTYING, group=3),
        Action("run.clear", "Bare Canvas", "Picture", help="Take the picture below the paint away", group=3),
    )


def _view() -> tuple[Action, ...]:
    def shown(
        name: str, title: str, *keys: str, icon: str = "", told: str = "", group: int = 1, submenu: str = ""
    ) -> Action:
        return Action(f"view.{name}", title, "View", keys, icon, told, True, group=group, submenu=submenu)

    def look(place: str, name: str, title: str, *keys: str, icon: str = "") -> Action:
        scope, submenu = (Scope.GRAPH, "Nodes") if place == "canvas" else (Scope.PAINT, "Canvas")
        return Action(f"{place}.{name}", title, "View", keys, icon, scope=scope, group=3, submenu=submenu)

    sees = "What the Model Sees"

    return (
        shown("paint", "Paint", "F1", icon="paint", told="The canvas and the sentence", group=0),
        shown("graph", "Graph", "F2", icon="graph", told="The nodes behind the picture", group=0),
        shown("gallery", "Gallery", "F3", icon="gallery", told="All pictures that were kept", group=0),
        shown("timeline", "Noise Timeline"),
        shown("thirds", "Thirds", icon="thirds"),
        Action(
            "view.x-ray",
            "X-Ray",
            "View",
            ("Y",),
            "x-ray",
            "Where the model looked for the phrase; hold the key to glance",
            True,
            Scope.PAINT,
            group=1,
        ),
        shown("painted", "Layers As Painted", group=2, submenu=sees),
        shown("cells-32", "What the Model Sees: 32 Cells", group=2, submenu=sees),
        shown("cells-16", "What the Model Sees: 16 Cells", group=2, submenu=sees),
        shown("cells-8", "What the Model Sees: 8 Cells", group=2, submenu=sees),
        look("view", "fit", "Fit", "Home", icon="fit"),
        look("view", "real-size", "100 %", "Shift+1", "!"),
        look("view", "turn-left", "Turn Canvas Left", "4"),
        look("view", "turn-right", "Turn Canvas Right", "6"),
        look("view", "upright", "Canvas Upright", "5"),
        look("canvas", "fit", "Fit Nodes", "Home"),
        look("canvas", "real-size", "Nodes at 100 %", "Shift+1", "!"),
        look("canvas", "zoom-in", "Zoom In", "Ctrl++", "Ctrl+="),
        look("canvas", "zoom-out", "Zoom Out", "Ctrl+-"),
        shown("dark", "Dark Theme", group=4),
        shown("light", "Light Theme", group=4),
    )


def _window() -> tuple[Action, ...]:
    def panel(name: str, title: str, told: str) -> Action:
        return Action(f"panel.{name}", title, "Window", help=told, checkable=True)

    return (
        panel("phrases", "Phrases", "The painted phrases and how each acts"),
        panel("style", "Style", "Pictures whose look the result takes on"),
        panel("size", "Size and Crop", "How large the picture is, and what it seems to be cut from"),
        panel("inspector", "Inspector", "Every value of the selected nodes"),
        panel("small-view", "Small Paint View", "The painted canvas beside the nodes"),
        panel("results", "Results", "The pictures that were made"),
        Action("window.reset", "Reset Layout", "Window", help="Put the panels of this workspace back", group=1),
    )


def _help() -> tuple[Action, ...]:
    return (
        Action("help.keys", "Keys…", "Help", ("F12",), help="All keys, to look up and to change"),
        Action("help.nodes", "Node Reference", "Help"),
        Action("help.report", "Save a Report…", "Help", help="What to send when something went wrong", group=1),
        Action("help.about", "About Sinopia", "Help", group=1),
    )


ACTIONS: tuple[Action, ...] = (
    *_file(), *_edit(), *_view(), *_phrase(), *_paint(), *_nodes(), *_node_edits(), *_node_places(),
    *_run(), *_picture(), *_window(), *_help(),
)  # fmt: skip


def search(text: str, actions: Iterable[Action] = ACTIONS) -> tuple[Action, ...]:
    """The actions whose words begin with or hold all that was typed, the best first; all of them for nothing typed."""
    words = text.casefold().split()
    ranked = [(rank, action) for action in actions if (rank := _rank(words, action)) is not None]
    return tuple(action for _rank_of, action in sorted(ranked, key=lambda each: each[0]))


def _rank(words: Sequence[str], action: Action) -> int | None:
    """How well an action answers to all words, 0 the best; None when one of them is nowhere in it."""
    title, rest = action.title.casefold(), f"{action.menu} {action.help} {action.id}".casefold()
    rank = 0
    for word in words:
        if any(part.startswith(word) for part in title.split()):
            continue
        if word in title:
            rank += 1
        elif word in rest:
            rank += 10
        else:
            return None
    return rank
