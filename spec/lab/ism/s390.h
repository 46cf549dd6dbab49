/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What net/smc asks the architecture s390 for, answered here by the emulated
 * functions. Every file of net/smc is compiled with this header in front.
 */
#ifndef LAB_ISM_S390_H
#define LAB_ISM_S390_H

#include <linux/types.h>

struct device;
struct pci_dev;

/* The machine, as far as the SEID is made of it. */
struct cpuid {
	unsigned int ident;
	unsigned int machine;
};

/* What the machine says about a PCI function. */
struct zpci_dev {
	u32 fid;
	u16 pchid;
};

void get_cpu_id(struct cpuid *id);

/* Of a function that is not emulated, everything is 0. */
struct zpci_dev *to_zpci(struct pci_dev *pdev);

/* The PNET ID that the hardware configuration gives a port: 16 characters, no NUL. */
int pnet_id_by_dev_port(struct device *dev, unsigned short port, u8 *pnetid);

#endif
