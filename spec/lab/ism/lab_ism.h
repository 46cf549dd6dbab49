/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An emulated ISM (Internal Shared Memory) PCI function for the lab's guests.
 *
 *   functions.c   which functions there are: the parameters of the module
 *   bus.c         the PCI host bridge and the hotplug slots they are in
 *   attributes.c  their files in sysfs, as on s390
 *   fabric.c      their shared memory and events: struct smcd_ops
 *   client.c      the driver, and the clients of <linux/ism.h>, which is net/smc
 */
#ifndef LAB_ISM_H
#define LAB_ISM_H

#include <linux/pci.h>
#include <linux/pci_hotplug.h>
#include <linux/ism.h> /* wants struct device known */
#include <net/smc.h>

#include "s390.h"

#define LAB_VENDOR 0x1014 /* IBM */
#define LAB_DEVICE 0x04ed
#define LAB_MAX_FUNCTIONS 16
#define LAB_PNETID_LEN 16

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
void lab_fabric_add(struct ism_dev *ism);
void lab_fabric_del(struct ism_dev *ism);

int lab_client_init(void);
void lab_client_exit(void);

#endif
