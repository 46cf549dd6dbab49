// SPDX-License-Identifier: MIT
/*
 * The kernel's events for devices that are added and removed: netlink(7),
 * NETLINK_KOBJECT_UEVENT, and Documentation/ABI/testing/sysfs-uevent.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "sysfs.h"

#define KERNEL_GROUP 1    /* events from the kernel; udev repeats them in group 2 */
#define MESSAGE_SIZE 8192 /* more than UEVENT_BUFFER_SIZE and the devpath of the kernel */

/* Pushes { ACTION = "add", DEVPATH = …, … } of "add@/devices/…\0ACTION=add\0…". */
static void push_event(lua_State *L, const char *at, const char *end)
{
	const char *equals;
	size_t length;

	lua_newtable(L);
	for (; at < end; at += length + 1) {
		length = strnlen(at, (size_t)(end - at));
		equals = memchr(at, '=', length);
		if (!equals || equals == at)
			continue;
		lua_pushlstring(L, at, (size_t)(equals - at));
		lua_pushlstring(L, equals + 1, length - (size_t)(equals + 1 - at));
		lua_rawset(L, -3);
	}
}

/*
 * receive(uevents, seconds) -> { NAME = value } | nil, message, errno
 * errno is ETIMEDOUT if no event arrived, ENOBUFS if the kernel dropped events.
 */
static int uevents_receive(lua_State *L)
{
	const struct smc_descriptor *uevents = smc_check_descriptor(L, UEVENTS);
	int err = smc_wait_readable(uevents, smc_check_seconds(L, 2));
	struct sockaddr_nl from = { 0 };
	socklen_t size = sizeof(from);
	char message[MESSAGE_SIZE];
	ssize_t n;

	if (err)
		return smc_push_error(L, err, "uevents");
	do
		n = recvfrom(uevents->fd, message, sizeof(message), MSG_DONTWAIT, (struct sockaddr *)&from,
			     &size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return smc_push_error(L, errno == EAGAIN ? ETIMEDOUT : errno, "uevents");
	/* Another process may also send to this socket: the result is an empty event. */
	push_event(L, message, from.nl_pid == 0 ? message + n : message);
	return 1;
}

const luaL_Reg smc_sysfs_uevents_methods[] = {
	{ "receive", uevents_receive },
	{ NULL, NULL },
};

/* uevents() -> uevents | nil, message, errno: a socket that receives events from now on */
int smc_sysfs_uevents(lua_State *L)
{
	const struct sockaddr_nl group = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	const int type = SOCK_RAW | SOCK_CLOEXEC;
	struct smc_descriptor *uevents = smc_new_descriptor(L, UEVENTS, sizeof(*uevents));

	uevents->fd = SMC_RETRY_AFTER_GC(L, socket(AF_NETLINK, type, NETLINK_KOBJECT_UEVENT));
	if (uevents->fd < 0 || bind(uevents->fd, (const struct sockaddr *)&group, sizeof(group)))
		return smc_push_error(L, errno, "uevents");
	return 1;
}
