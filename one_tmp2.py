from tests.conformance.fuzz import *
from tests.conformance.program import *
import sys
o,e=run_fuzzed([call('clone', 0x40ff, 0, 0,0, 0, show='reaped')])
print(e.reason,e.sentence,o.stdout)
print([(t.number,t.task) for t in o.events if isinstance(t,Trap)])
