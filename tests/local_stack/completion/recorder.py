"""The function on every trigger of a test's pool: it writes down each event and answers as the test has scripted.

A script is `<trigger source>.json` in the pool's folder, holding one of `response` (keys put into the event's own),
`answer` (returned instead of the event), `raise` (a message) and `sleep` (seconds, before any of these).
"""

import json
import os
import time
from pathlib import Path
from typing import Any


def handler(event: dict[str, Any], _context: object) -> Any:
    folder = Path(os.environ["FOLDER"], event["userPoolId"])
    with (folder / "events.jsonl").open("a", encoding="utf-8") as events:
        events.write(json.dumps(event) + "\n")
    (folder.parent / "environment.json").write_text(json.dumps(list(os.environ)), encoding="utf-8")
    file = folder / f"{event['triggerSource']}.json"
    script = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    time.sleep(script.get("sleep", 0))
    if "raise" in script:
        raise ValueError(script["raise"])
    if "answer" in script:
        return script["answer"]
    event["response"].update(script.get("response", {}))
    return event
