// SPDX-License-Identifier: MIT
/*
 * Hosts whose addresses are asked for while the program does something else: getaddrinfo(3) has no descriptor to
 * wait for, so a thread calls it, and sends its answer over a pair of sockets.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/lua_util.h"
#include "sock.h"

#define LOOKUP "smc.lookup"

/* What the thread owns from its start on. */
struct question {
	int fd; /* where the answer goes */
	int family;
	char host[];
};

/* A datagram. */
struct answer {
	int rc; /* of getaddrinfo */
	int err;
	struct address_list list;
};

static void find(const struct question *question, struct answer *answer)
{
	const struct addrinfo hints = { .ai_family = question->family, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	int lacking;

	answer->rc = getaddrinfo(question->host, NULL, &hints, &found);
	answer->err = errno;
	if (answer->rc == 0) {
		resolver_copy(found, &answer->list);
		freeaddrinfo(found);
		return;
	}
	lacking = resolver_test_descriptors();
	if (lacking) {
		answer->rc = EAI_SYSTEM;
		answer->err = lacking;
	}
}

/* Nobody may want the answer any more. */
static void *answer_question(void *what)
{
	struct question *question = what;
	struct answer answer = { 0 };

	find(question, &answer);
	send(question->fd, &answer, sizeof(answer), MSG_NOSIGNAL);
	close(question->fd);
	free(question);
	return NULL;
}

static struct question *new_question(const char *host, int family, int fd)
{
	size_t size = strlen(host) + 1;
	struct question *question = malloc(sizeof(*question) + size);

	if (!question)
		return NULL;
	question->fd = fd;
	question->family = family;
	memcpy(question->host, host, size);
	return question;
}

/* Whether a host is an address already, of any family. */
static bool is_address(const char *host)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST };
	struct addrinfo *found;
	bool numeric = getaddrinfo(host, NULL, &hints, &found) == 0;

	if (numeric)
		freeaddrinfo(found);
	return numeric;
}

/*
 * start_lookup(host, family) -> lookup | nil, message, errno
 * family: 0 both, 4, 6. lookup: an object whose descriptor is readable when there is an answer. Where there can be
 * no thread, there is one at once.
 */
int core_start_lookup(lua_State *L)
{
	const char *host = smc_check_cstring(L, 1);
	int family = resolver_check_family(L, 2);
	struct smc_descriptor *lookup = smc_new_descriptor(L, LOOKUP, sizeof(*lookup));
	struct question *question;
	int ends[2] = { -1, -1 };

	if (SMC_RETRY_AFTER_GC(L, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)))
		return smc_push_error(L, errno, "socketpair");
	lookup->fd = ends[0];
	question = new_question(host, family, ends[1]);
	if (!question) {
		close(ends[1]);
		return smc_push_error(L, ENOMEM, "resolver");
	}
	if (is_address(host) || !thread_start(answer_question, question))
		answer_question(question);
	return 1;
}

/*
 * addresses(lookup) -> addresses | nil, message, errno: as resolve; EINPROGRESS while there is no answer,
 * ECONNRESET when it was given.
 */
static int lookup_addresses(lua_State *L)
{
	const struct smc_descriptor *lookup = smc_check_descriptor(L, LOOKUP);
	struct answer answer;
	char end;
	ssize_t n;

	n = recv(lookup->fd, &answer, sizeof(answer), MSG_DONTWAIT);
	if (n < 0)
		return smc_push_error(L, errno == EAGAIN ? EINPROGRESS : errno, "resolver");
	if (n < (ssize_t)sizeof(answer))
		return smc_push_error(L, ECONNRESET, "resolver");
	recv(lookup->fd, &end, sizeof(end), 0); /* then the thread has no descriptor any more */
	if (answer.rc == 0)
		return resolver_push_addresses(L, &answer.list);
	errno = answer.err;
	return resolver_push_failure(L, answer.rc);
}

void lookup_register(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "addresses", lookup_addresses },
		{ NULL, NULL },
	};

	smc_register_descriptor_class(L, LOOKUP, methods);
	lua_pop(L, 1);
}
