"""M/M/16 at load 0.9 in SimPy 2 (Debian's python3-simpy), as its manual writes such models.

The same model and the same random numbers as mm16.c. Usage: mm16_simpy.py JOBS. Prints timed events per second (two
per job; requests and releases of a worker are not counted) and the mean time in the system.
"""

import math
import sys
import time

from SimPy.Simulation import Process, Resource, Simulation, hold, release, request

WORKERS = 16
QUANTILES = [-math.log((i + 0.5) / 4096) for i in range(4096)]


class Draws:
    def __init__(self):
        self.state = 2463534242

    def exponential(self, mean):
        state = self.state
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        self.state = state
        return QUANTILES[state >> 20] * mean


class Source(Process):
    def run(self, jobs, model):
        for _ in range(jobs):
            yield hold, self, model.draws.exponential(1 / (0.9 * WORKERS))
            job = Job(sim=self.sim)
            self.sim.activate(job, job.run(model))


class Job(Process):
    def run(self, model):
        arrived = self.sim.now()
        yield request, self, model.workers
        yield hold, self, model.draws.exponential(1)
        yield release, self, model.workers
        model.done += 1
        model.total += self.sim.now() - arrived


class Model(Simulation):
    def run(self, jobs):
        self.initialize()
        self.draws = Draws()
        self.workers = Resource(capacity=WORKERS, sim=self)
        self.done = 0
        self.total = 0.0
        source = Source(sim=self)
        self.activate(source, source.run(jobs, self))
        start = time.perf_counter()
        self.simulate(until=math.inf)
        elapsed = time.perf_counter() - start
        print("%.0f %.6f" % (2 * self.done / elapsed, self.total / self.done))


Model().run(int(sys.argv[1]))
