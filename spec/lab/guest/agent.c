/* lab-agent: process 1 of a guest. It runs the one command of the job.
 *
 *     lab-agent JOB PORT [STDIN_PORT]   output and status go to PORT as frames
 *     lab-agent JOB PORT tty TERMINAL   the command gets a terminal of its own
 *
 * JOB is a folder: `argv` and `env` hold strings that each end in NUL, `cwd` a
 * path, `user` a number, `size` the rows and columns of the terminal, `limit`
 * the seconds after which the lab ends the guest.
 * The agent never ends: the lab switches the guest off once it has the status.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "frames.h"
#include "processes.h"

static const char *job;
static int wake[2]; /* SIGCHLD writes here, so that poll() returns */

static void die(const char *what)
{
	fprintf(stderr, "lab-agent: %s: %s\n", what, strerror(errno));
	exit(125); /* process 1 ending stops the guest: the lab reports it */
}

/* ---- the job ---- */

static char *job_file(const char *name, size_t *size)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", job, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		die(path);
	char *text = calloc(1, (size_t)st.st_size + 1);
	if (!text)
		die(path);
	*size = 0;
	ssize_t got;
	while ((got = read(fd, text + *size, (size_t)st.st_size - *size)) > 0)
		*size += (size_t)got;
	close(fd);
	return text;
}

static char **job_strings(const char *name)
{
	size_t size, count = 0;
	char *text = job_file(name, &size);
	for (size_t i = 0; i < size; i++)
		count += text[i] == '\0';
	char **list = calloc(count + 1, sizeof *list);
	if (!list)
		die(name);
	for (size_t i = 0; i < count; i++, text += strlen(text) + 1)
		list[i] = text;
	return list;
}

/* ---- the command ---- */

static void become(uid_t uid)
{
	gid_t gid = (gid_t)uid;
	if (uid != 0 && (setgroups(0, NULL) || setgid(gid) || setuid(uid)))
		die("user");
}

static void start_command(void)
{
	size_t size;
	char **argv = job_strings("argv");
	char **env = job_strings("env");
	char *cwd = job_file("cwd", &size);
	become((uid_t)strtoul(job_file("user", &size), NULL, 10));
	if (chdir(cwd))
		die(cwd);
	environ = env;
	execvp(argv[0], argv);
	int status = errno == ENOENT ? 127 : 126;
	fprintf(stderr, "lab: %s: %s\n", argv[0], strerror(errno));
	exit(status);
}

/* Standard input has a process of its own: a command that does not read must
 * not keep its output from being carried. */
static int stdin_from(const char *port)
{
	if (!port)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	int in = open(port, O_RDONLY | O_CLOEXEC), ends[2];
	if (in < 0 || pipe2(ends, O_CLOEXEC))
		die(port);
	if (fork() == 0) {
		char buffer[4096];
		ssize_t got;
		while ((got = read(in, buffer, sizeof buffer)) > 0)
			if (write(ends[1], buffer, (size_t)got) != got)
				break;
		_exit(0);
	}
	close(in);
	close(ends[1]);
	return ends[0];
}

static pid_t spawn(const char *stdin_port, int *out, int *err)
{
	int in = stdin_from(stdin_port), o[2], e[2];
	if (pipe2(o, O_CLOEXEC) || pipe2(e, O_CLOEXEC))
		die("pipe");
	pid_t child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		setsid();
		dup2(in, 0);
		dup2(o[1], 1);
		dup2(e[1], 2);
		start_command();
	}
	close(in);
	close(o[1]);
	close(e[1]);
	*out = o[0];
	*err = e[0];
	return child;
}

static pid_t spawn_on_terminal(const char *terminal)
{
	pid_t child = fork();
	if (child != 0)
		return child;
	setsid();
	int tty = open(terminal, O_RDWR);
	if (tty < 0 || ioctl(tty, TIOCSCTTY, 0))
		die(terminal);
	size_t length;
	struct winsize size = {0};
	char *text = job_file("size", &length);
	if (sscanf(text, "%hu %hu", &size.ws_row, &size.ws_col) == 2)
		ioctl(tty, TIOCSWINSZ, &size);
	free(text);
	for (int fd = 0; fd < 3; fd++)
		dup2(tty, fd);
	start_command();
	return -1;
}

/* ---- carrying ---- */

static void write_all(int fd, const unsigned char *data, size_t size)
{
	while (size > 0) {
		ssize_t put = write(fd, data, size);
		if (put < 0 && errno != EINTR)
			die("port");
		if (put > 0) {
			data += put;
			size -= (size_t)put;
		}
	}
}

/* One read of `from` becomes one frame. False at the end of the stream, or, for
 * a descriptor that does not block, when nothing is there. */
static int carry(int from, int port, int kind)
{
	static unsigned char frame[FRAME_HEADER + FRAME_PAYLOAD];
	ssize_t got = read(from, frame + FRAME_HEADER, FRAME_PAYLOAD);
	if (got <= 0)
		return 0;
	frame_header(frame, kind, (size_t)got);
	write_all(port, frame, FRAME_HEADER + (size_t)got);
	return 1;
}

static void drain(int from, int port, int kind)
{
	if (from < 0)
		return;
	fcntl(from, F_SETFL, O_NONBLOCK);
	while (carry(from, port, kind))
		;
}

static void send_status(int port, int status)
{
	int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	unsigned char frame[FRAME_HEADER + 1];
	frame_header(frame, FRAME_STATUS, 1);
	frame[FRAME_HEADER] = (unsigned char)code;
	sync();
	write_all(port, frame, sizeof frame);
}

static void on_child(int signal_number)
{
	int saved = errno;
	(void)signal_number;
	(void)!write(wake[1], "", 1);
	errno = saved;
}

/* Process 1 inherits every orphan: reap them all, and tell when ours was among them. */
static int ended(pid_t command, int *status)
{
	int any, found = 0;
	pid_t pid;
	char byte[64];
	(void)!read(wake[0], byte, sizeof byte);
	while ((pid = waitpid(-1, &any, WNOHANG)) > 0)
		if (pid == command) {
			*status = any;
			found = 1;
		}
	return found;
}

/* What a command that does not end waits for: said when four fifths of its time have passed. */
static void tell_processes(int port)
{
	char *text = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&text, &size);
	if (!memory)
		return;
	fprintf(memory, "lab: the time limit is near, and these processes have not ended:\n");
	processes_print(memory);
	fclose(memory);
	for (size_t sent = 0, part; sent < size; sent += part) {
		unsigned char header[FRAME_HEADER];
		part = size - sent < FRAME_PAYLOAD ? size - sent : FRAME_PAYLOAD;
		frame_header(header, FRAME_STDERR, part);
		write_all(port, header, sizeof header);
		write_all(port, (unsigned char *)text + sent, part);
	}
	free(text);
}

static int start_timer(void)
{
	size_t size;
	char *text = job_file("limit", &size);
	struct itimerspec when = {.it_value.tv_sec = strtol(text, NULL, 10) * 4 / 5};
	int timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
	free(text);
	struct timespec now;
	if (clock_gettime(CLOCK_BOOTTIME, &now) == 0 && now.tv_sec >= when.it_value.tv_sec)
		when.it_value.tv_sec = 0; /* a slow start: the command is not what took the time */
	if (timer < 0 || timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL))
		die("timer");
	return timer;
}

/* Streams are carried until the command has ended, not until they are closed:
 * a server that it left behind may hold them open for ever. */
static int attend(pid_t command, int port, int out, int err)
{
	int status = 0;
	struct pollfd fds[] = {{wake[0], POLLIN, 0}, {out, POLLIN, 0}, {err, POLLIN, 0}, {start_timer(), POLLIN, 0}};
	for (;;) {
		if (poll(fds, 4, -1) < 0)
			continue;
		if (fds[3].revents) {
			fds[3].fd = -1;
			tell_processes(port);
		}
		if (fds[1].revents && !carry(out, port, FRAME_STDOUT))
			fds[1].fd = -1;
		if (fds[2].revents && !carry(err, port, FRAME_STDERR))
			fds[2].fd = -1;
		if (fds[0].revents && ended(command, &status))
			break;
	}
	drain(fds[1].fd, port, FRAME_STDOUT);
	drain(fds[2].fd, port, FRAME_STDERR);
	return status;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		die("usage: lab-agent JOB PORT [STDIN_PORT | tty TERMINAL]");
	job = argv[1];
	int port = open(argv[2], O_WRONLY | O_CLOEXEC);
	if (port < 0 || pipe2(wake, O_CLOEXEC | O_NONBLOCK))
		die(argv[2]);
	signal(SIGCHLD, on_child);
	int out = -1, err = -1;
	int terminal = argc == 5 && strcmp(argv[3], "tty") == 0;
	pid_t command = terminal ? spawn_on_terminal(argv[4])
				 : spawn(argc > 3 ? argv[3] : NULL, &out, &err);
	send_status(port, attend(command, port, out, err));
	for (int status;;)
		if (wait(&status) < 0)
			pause();
}
