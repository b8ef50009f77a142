"""`make bench`: ratios measured in one run, on one machine, against strace and (where installed) Qiling."""
