/*
 * Part of each C module that is built for `make coverage`: what was counted is written where a process ends
 * without exit(3), by _exit(2), by another program or by a signal.
 */
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

void __gcov_dump(void);
void __gcov_reset(void);

static void save(void)
{
	__gcov_dump();
	__gcov_reset();
}

_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
_Noreturn void __wrap__exit(int status)
{
	save();
	__real__exit(status);
}

int __real_execvpe(const char *file, char *const argv[], char *const envp[]);
int __wrap_execvpe(const char *file, char *const argv[], char *const envp[]);
int __wrap_execvpe(const char *file, char *const argv[], char *const envp[])
{
	save();
	return __real_execvpe(file, argv, envp);
}

static const int ending[] = { SIGTERM, SIGHUP };
enum { ENDING = sizeof(ending) / sizeof(ending[0]) };
static struct sigaction before[ENDING];

/* Writes, and then does what would have been done; other modules' handlers are among that. */
static void handle(int number)
{
	int i;

	save();
	for (i = 0; i < ENDING; i++) {
		if (ending[i] == number)
			sigaction(number, &before[i], NULL);
	}
	raise(number);
}

static __attribute__((constructor)) void begin(void)
{
	struct sigaction action = { .sa_handler = handle, .sa_flags = SA_NODEFER };
	int i;

	for (i = 0; i < ENDING; i++) {
		if (sigaction(ending[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
			sigaction(ending[i], &action, NULL);
	}
}
