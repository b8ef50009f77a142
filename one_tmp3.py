from tests.conformance.fuzz import *
from tests.conformance.program import *
import sys
import tests.conformance.fuzz as f
f.check_events=lambda *a:None
o,e=run_fuzzed([call('clock_nanosleep', -7, 0, Packed(words=(0, 1)),0)])
from app.trace.codec import encode_lines
print(encode_lines(o.events).decode()[-6000:])
