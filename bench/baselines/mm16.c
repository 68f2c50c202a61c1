/*
 * M/M/16 at load 0.9 in C: what an event loop costs on this machine. Beside it run bench/mm16.ts and mm16_simpy.py:
 * the same model, the same random numbers, drawn in the same order. The queue is a binary heap keyed by time alone.
 *
 * Usage: mm16 JOBS. Prints timed events per second (two per job) and the mean time in the system.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { WORKERS = 16, ARRIVAL = WORKERS, QUANTILES = 4096, ROOM = 1 << 16 };

typedef struct {
  double time;
  int what;
} Event;

static Event heap[WORKERS + 2];
static int size;

static void push(double time, int what) {
  int at = size++;
  for (int parent; at > 0 && heap[parent = (at - 1) >> 1].time > time; at = parent) heap[at] = heap[parent];
  heap[at] = (Event){time, what};
}

static Event pop(void) {
  const Event first = heap[0], last = heap[--size];
  int at = 0;
  for (int child = 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && heap[child + 1].time < heap[child].time) child++;
    if (last.time <= heap[child].time) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return first;
}

static double quantiles[QUANTILES];
static uint32_t state = 2463534242u;

/* Exponential by the inverse of its distribution at one of 4,096 points, chosen by xorshift32 (Marsaglia 2003). */
static double exponential(double mean) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return quantiles[state >> 20] * mean;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  if (count != 2) return fprintf(stderr, "usage: mm16 JOBS\n"), 2;
  const long jobs = atol(arguments[1]);
  const double gap = 1 / (0.9 * WORKERS);
  static double waiting_since[ROOM];
  double since[WORKERS], total = 0;
  int idle[WORKERS], idle_count = WORKERS;
  unsigned head = 0, tail = 0;
  long arrived = 0, done = 0;
  for (int i = 0; i < QUANTILES; i++) quantiles[i] = -log((i + 0.5) / QUANTILES);
  for (int i = 0; i < WORKERS; i++) idle[i] = i;

  const double start = seconds();
  push(exponential(gap), ARRIVAL);
  while (size > 0) {
    const Event event = pop();
    const double now = event.time;
    if (event.what == ARRIVAL) {
      if (++arrived < jobs) push(now + exponential(gap), ARRIVAL);
      if (idle_count > 0) {
        const int worker = idle[--idle_count];
        since[worker] = now;
        push(now + exponential(1), worker);
      } else {
        waiting_since[tail++ % ROOM] = now;
      }
    } else {
      total += now - since[event.what];
      done++;
      if (head != tail) {
        since[event.what] = waiting_since[head++ % ROOM];
        push(now + exponential(1), event.what);
      } else {
        idle[idle_count++] = event.what;
      }
    }
  }
  printf("%.0f %.6f\n", 2 * done / (seconds() - start), total / done);
}
