/* lab-setup: what SMC needs to be told in a guest, with no tools installed.
 *
 *     lab-setup ueid add|del NAME            lab-setup ueid flush
 *     lab-setup pnet add NAME eth DEVICE     lab-setup pnet add NAME ib DEVICE PORT
 *     lab-setup pnet del NAME                lab-setup pnet flush
 *     lab-setup rxe add NAME ETHERNET_DEVICE
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/smc.h>
#include <rdma/rdma_netlink.h>
#include <stdio.h>
#include <stdlib.h>

#include "netlink.h"

static int usage(void)
{
	fputs("usage: lab-setup ueid add|del NAME | ueid flush\n"
	      "       lab-setup pnet add NAME eth DEVICE | pnet add NAME ib DEVICE PORT\n"
	      "       lab-setup pnet del NAME | pnet flush\n"
	      "       lab-setup rxe add NAME ETHERNET_DEVICE\n",
	      stderr);
	return 2;
}

static int report(const char *what, int result)
{
	if (result == 0)
		return 0;
	fprintf(stderr, "lab-setup: %s: %s\n", what, strerror(-result));
	return 1;
}

/* ---- generic netlink ---- */

static void genl_init(struct request *r, int family, int command)
{
	struct genlmsghdr head = {.cmd = (uint8_t)command, .version = 1};
	request_init(r, family, &head, sizeof head);
}

/* The number that the kernel gave a family at boot, or a negative errno. */
static int family_id(const char *name)
{
	struct request r;
	_Alignas(struct nlmsghdr) char reply[16384] = {0};
	genl_init(&r, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	request_string(&r, CTRL_ATTR_FAMILY_NAME, name);
	int result = request_send(NETLINK_GENERIC, &r, reply, sizeof reply);
	if (result < 0)
		return result;
	struct nlmsghdr *head = (struct nlmsghdr *)reply;
	char *at = (char *)NLMSG_DATA(head) + GENL_HDRLEN, *end = reply + head->nlmsg_len;
	while (at + NLA_HDRLEN <= end) {
		struct nlattr *attr = (struct nlattr *)at;
		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(uint16_t *)(at + NLA_HDRLEN);
		if (attr->nla_len < NLA_HDRLEN)
			break;
		at += NLA_ALIGN(attr->nla_len);
	}
	return -ENOENT;
}

static int genl_send(struct request *r)
{
	_Alignas(struct nlmsghdr) char reply[16384];
	return request_send(NETLINK_GENERIC, r, reply, sizeof reply);
}

/* ---- user-defined EIDs ---- */

static int ueid(int argc, char **argv)
{
	int flush = argc == 1 && !strcmp(argv[0], "flush");
	int add = argc == 2 && !strcmp(argv[0], "add");
	int del = argc == 2 && !strcmp(argv[0], "del");
	if (!flush && !add && !del)
		return usage();
	int family = family_id(SMC_GENL_FAMILY_NAME);
	if (family < 0)
		return report(SMC_GENL_FAMILY_NAME, family);
	struct request r;
	genl_init(&r, family, flush ? SMC_NETLINK_FLUSH_UEID : add ? SMC_NETLINK_ADD_UEID : SMC_NETLINK_REMOVE_UEID);
	if (!flush) {
		/* The kernel takes exactly 32 characters, padded with blanks, and a NUL. */
		char padded[SMC_MAX_EID_LEN + 1];
		if (snprintf(padded, sizeof padded, "%-*s", SMC_MAX_EID_LEN, argv[1]) > SMC_MAX_EID_LEN)
			return report(argv[1], -ENAMETOOLONG);
		request_attr(&r, SMC_NLA_EID_TABLE_ENTRY, padded, sizeof padded);
	}
	int result = genl_send(&r);
	/* With an SEID, the last UEID has gone, and the SEID is enabled in its place. */
	return report(flush ? "ueid flush" : argv[1], result == -EAGAIN && !add ? 0 : result);
}

/* ---- the PNET table ---- */

static int pnet_send(int command, char **device, const char *name)
{
	int family = family_id(SMCR_GENL_FAMILY_NAME);
	if (family < 0)
		return report(SMCR_GENL_FAMILY_NAME, family);
	struct request r;
	genl_init(&r, family, command);
	if (name)
		request_string(&r, SMC_PNETID_NAME, name);
	if (device && !strcmp(device[0], "eth"))
		request_string(&r, SMC_PNETID_ETHNAME, device[1]);
	if (device && !strcmp(device[0], "ib")) {
		uint8_t port = (uint8_t)atoi(device[2]);
		request_string(&r, SMC_PNETID_IBNAME, device[1]);
		request_attr(&r, SMC_PNETID_IBPORT, &port, sizeof port);
	}
	return report(name ? name : "pnet flush", genl_send(&r));
}

static int pnet(int argc, char **argv)
{
	if (argc == 1 && !strcmp(argv[0], "flush"))
		return pnet_send(SMC_PNETID_FLUSH, NULL, NULL);
	if (argc == 2 && !strcmp(argv[0], "del"))
		return pnet_send(SMC_PNETID_DEL, NULL, argv[1]);
	int eth = argc == 4 && !strcmp(argv[2], "eth");
	int ib = argc == 5 && !strcmp(argv[2], "ib");
	if ((eth || ib) && !strcmp(argv[0], "add"))
		return pnet_send(SMC_PNETID_ADD, argv + 2, argv[1]);
	return usage();
}

/* ---- Soft-RoCE ---- */

static int rxe(int argc, char **argv)
{
	if (argc != 3 || strcmp(argv[0], "add") != 0)
		return usage();
	struct request r;
	_Alignas(struct nlmsghdr) char reply[8192];
	request_init(&r, RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_NEWLINK), NULL, 0);
	request_string(&r, RDMA_NLDEV_ATTR_DEV_NAME, argv[1]);
	request_string(&r, RDMA_NLDEV_ATTR_NDEV_NAME, argv[2]);
	request_string(&r, RDMA_NLDEV_ATTR_LINK_TYPE, "rxe");
	return report(argv[1], request_send(NETLINK_RDMA, &r, reply, sizeof reply));
}

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "ueid"))
		return ueid(argc - 2, argv + 2);
	if (argc > 2 && !strcmp(argv[1], "pnet"))
		return pnet(argc - 2, argv + 2);
	if (argc > 2 && !strcmp(argv[1], "rxe"))
		return rxe(argc - 2, argv + 2);
	return usage();
}
