"""Prints the watts that CodeCarbon's own reader of the powercap tree measures over eight seconds."""
import sys
import time

from codecarbon.core.cpu import IntelRAPL
from codecarbon.core.units import Time

rapl = IntelRAPL(rapl_dir=sys.argv[1])
rapl.start()
begin = time.monotonic()
time.sleep(8)
details = rapl.get_cpu_details(Time.from_seconds(time.monotonic() - begin))
print("watts", [value for name, value in details.items() if "Power" in name][0])
