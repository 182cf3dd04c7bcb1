"""The first occurrences behind the start by python-dateutil: a series in each line of the input, a list in each of the output.

null where dateutil takes too long: where nothing matches, it looks through all years up to 9999.
"""

import json
import signal
import sys
from datetime import datetime

from dateutil.rrule import rrulestr


class TooSlow(Exception):
    pass


def stop(*_):
    raise TooSlow


def occurrences(rule, start, count):
    found = []
    for at in rrulestr(rule, dtstart=start):
        if at > start:
            found.append(at.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
        if len(found) == count:
            break
    return found


signal.signal(signal.SIGALRM, stop)
for line in sys.stdin:
    series = json.loads(line)
    start = datetime.strptime(series["start"], "%Y-%m-%dT%H:%M:%S.000Z")
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        answer = occurrences(series["rule"], start, series["count"])
    except TooSlow:
        answer = None
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(json.dumps(answer))
