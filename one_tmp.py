import sys,time
from tests.conformance.fuzz import *
seed=int(sys.argv[1])
steps=Generator(seed).build()
t=time.time()
import threading,faulthandler
faulthandler.dump_traceback_later(15,exit=True)
try:
    o,e=run_fuzzed(steps); print(e.reason,e.sentence,e.counters, time.time()-t, flush=True)
    print([ (i,steps[i].name) for i,_ in step_traps(steps,o.events)][-3:])
    print(find_difference(steps), time.time()-t)
except Exception as x:
    import traceback; traceback.print_exc()
