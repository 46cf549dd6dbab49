/* To be preloaded: a signal every two milliseconds, whose handler does nothing but interrupt what
 * waits in the kernel. At the end it says how many there were. */
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

static volatile sig_atomic_t count;

static void handle(int signal)
{
	(void)signal;
	count++;
}

__attribute__((constructor)) static void start(void)
{
	struct sigaction action = {.sa_handler = handle}; /* no SA_RESTART */
	struct itimerval every = {{0, 2000}, {0, 2000}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

__attribute__((destructor)) static void tell(void)
{
	fprintf(stderr, "%d alarms\n", (int)count);
}
