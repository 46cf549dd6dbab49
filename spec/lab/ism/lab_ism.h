/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An emulated ISM (Internal Shared Memory) PCI function for the lab's guests.
 *
 *   functions.c   which functions there are: the parameters of the module
 *   bus.c         the PCI host bridge and the hotplug slots they are in
 *   attributes.c  their files in sysfs, as on s390
 *   fabric.c      their shared memory and events
 *   driver.c      the driver of the functions
 *   layer_ism.c   what net/smc knows them by: the clients of <linux/ism.h>, and struct smcd_ops
 *   layer_dibs.c  the same since Linux 6.18: devices of <linux/dibs.h>; one of both is built in
 */
#ifndef LAB_ISM_H
#define LAB_ISM_H

#include <linux/pci.h>
#include <linux/pci_hotplug.h>

#include "s390.h"

#define LAB_VENDOR 0x1014 /* IBM */
#define LAB_DEVICE 0x04ed
#define LAB_MAX_FUNCTIONS 16
#define LAB_PNETID_LEN 16
#define LAB_MAX_DMBS 1920

struct lab_function {
	struct zpci_dev z;
	u16 vfn;
	u32 uid;
	u64 gid;
	char pnetid[LAB_PNETID_LEN + 1]; /* ASCII; "" for none */
	bool power;
	u8 config[PCI_CFG_SPACE_SIZE];
	struct hotplug_slot slot;
	bool has_slot;
	struct list_head reachable;
	DECLARE_BITMAP(lent, LAB_MAX_DMBS);
	void *device; /* of the layer */
};

/* Memory that a function lends to another; what its client wants of it, and what it gets. */
struct lab_loan {
	void *client;
	u64 writer; /* GID of the function that may write */
	u32 length;
	unsigned int index; /* in the owner, which the client knows it by */
	u64 token;
	void *memory;
};

extern struct lab_function lab_functions[LAB_MAX_FUNCTIONS];
extern unsigned int lab_count;
extern bool lab_self;

/* NULL for a PCI device that is not one of ours */
struct lab_function *lab_function_of(const struct pci_dev *pdev);

/* How many DMBs a function can lend out at once. */
unsigned int lab_dmbs(const struct lab_function *function);

int lab_bus_create(void);
void lab_bus_destroy(void);
bool lab_bus_has(const struct pci_dev *pdev);

int lab_attributes_init(void);
void lab_attributes_exit(void);

/* A function of the fabric can be reached from lab_fabric_add() to lab_fabric_del(). */
void lab_fabric_add(struct lab_function *function);
void lab_fabric_del(struct lab_function *function);
int lab_fabric_query(struct lab_function *function, u64 gid);
int lab_fabric_lend(struct lab_function *owner, struct lab_loan *loan);
int lab_fabric_take_back(struct lab_function *owner, u64 token);
int lab_fabric_move(struct lab_function *from, u64 token, unsigned int element, bool signal,
		    unsigned int offset, const void *data, unsigned int size);
int lab_fabric_tell(struct lab_function *from, u64 gid, u32 code, u64 info);

/* What the layer hears from the fabric: data came, a function is gone, a function has something to tell. */
void lab_layer_signal(struct lab_function *owner, const struct lab_loan *loan, u16 mask);
void lab_layer_gone(struct lab_function *function, u64 gid);
void lab_layer_told(struct lab_function *function, u64 gid, u32 code, u64 info);

/* The function of the PCI device has come, and goes. */
int lab_layer_add(struct lab_function *function, struct pci_dev *pdev);
void lab_layer_del(struct lab_function *function);

int lab_driver_init(void);
void lab_driver_exit(void);

#endif
