"""The messages of the stream that are never stored (contract 2): greetings, live state, commands and their answers."""

from meeting.stream.messages.base import Command, Message
from meeting.stream.messages.corrections import (
    Assign,
    Attend,
    Correction,
    Decide,
    Edit,
    Join,
    Move,
    NoteDown,
    Redo,
    Replace,
    Speaker,
    Split,
    Undo,
    Word,
)
from meeting.stream.messages.greeting import ClientRole, Hello, MeetingHead, Snapshot, Welcome
from meeting.stream.messages.live import (
    Failure,
    Ok,
    Partial,
    Recalled,
    RecognizerState,
    RunState,
    Status,
    Suggestion,
)
from meeting.stream.messages.questions import Complete, History, Inquiry, LookBack, OpenPassage, Search
from meeting.stream.messages.reception import (
    Devices,
    Export,
    LevelOf,
    ListMeetings,
    NewMeeting,
    Readiness,
    Reception,
    TrySentence,
    Verify,
)
from meeting.stream.messages.steering import HandOver, Item, Next, Pause, Record, Resume, Share, Start, Stop

ClientCommand = (
    Start
    | Inquiry
    | Next
    | Item
    | Pause
    | Resume
    | HandOver
    | Stop
    | Search
    | Share
    | Correction
    | Record
    | Reception
)
ServerMessage = Welcome | Snapshot | Partial | Status | Recalled | Suggestion | Failure | Ok

__all__ = [
    "Assign",
    "Attend",
    "ClientCommand",
    "ClientRole",
    "Command",
    "Complete",
    "Correction",
    "Decide",
    "Devices",
    "Edit",
    "Export",
    "Failure",
    "HandOver",
    "Hello",
    "History",
    "Inquiry",
    "Item",
    "Join",
    "LevelOf",
    "ListMeetings",
    "LookBack",
    "MeetingHead",
    "Message",
    "Move",
    "NewMeeting",
    "Next",
    "NoteDown",
    "Ok",
    "OpenPassage",
    "Partial",
    "Pause",
    "Readiness",
    "Recalled",
    "Reception",
    "RecognizerState",
    "Record",
    "Redo",
    "Replace",
    "Resume",
    "RunState",
    "Search",
    "ServerMessage",
    "Share",
    "Snapshot",
    "Speaker",
    "Split",
    "Start",
    "Status",
    "Stop",
    "Suggestion",
    "TrySentence",
    "Undo",
    "Verify",
    "Welcome",
    "Word",
]
