// Reads a powercap tree with Prometheus's own library, as node_exporter and Kepler do, and prints what it finds.
package main

import (
	"fmt"
	"os"

	"github.com/prometheus/procfs/sysfs"
)

func main() {
	fs, err := sysfs.NewFS(os.Args[1])
	if err != nil {
		panic(err)
	}
	zones, err := sysfs.GetRaplZones(fs)
	if err != nil {
		panic(err)
	}
	for _, zone := range zones {
		energy, err := zone.GetEnergyMicrojoules()
		if err != nil {
			panic(err)
		}
		fmt.Println(zone.Name, zone.Index, zone.MaxMicrojoules, energy)
	}
}
