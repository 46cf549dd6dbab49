/* lab-tsc: how fast this machine's time stamp counter runs, in kHz.
 *
 * The clock is read between two readings of the counter. The scheduler may
 * intervene: of many tries, the one with the counter's readings closest
 * together is right.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

enum { TRIES = 20, SLEEP_NS = 20 * 1000 * 1000 };

struct reading {
	uint64_t tsc;
	int64_t ns;
};

static struct reading read_both(void)
{
	struct reading best = {0};
	uint64_t closest = UINT64_MAX;
	for (int i = 0; i < TRIES; i++) {
		struct timespec now;
		uint64_t before = __rdtsc();
		clock_gettime(CLOCK_MONOTONIC, &now);
		uint64_t apart = __rdtsc() - before;
		if (apart >= closest)
			continue;
		closest = apart;
		best.tsc = before + apart / 2;
		best.ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	}
	return best;
}

int main(void)
{
	struct timespec pause = {.tv_nsec = SLEEP_NS};
	struct reading first = read_both();
	nanosleep(&pause, NULL);
	struct reading last = read_both();
	printf("%.0f\n", (double)(last.tsc - first.tsc) * 1e6 / (double)(last.ns - first.ns));
	return 0;
}
