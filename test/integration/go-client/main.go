// A client that reads as Kepler 0.7 to 0.9 does: it dials, writes, reads once into 4096 bytes and decodes what it got.
//
//	go run main.go SOCKET ROWS
//
// prints the number of rows, the sum of the package's watts and the core ratio, or exits with 1 and why.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
)

type powerRequest struct {
	Metrics        []string    `json:"metrics"`
	Values         [][]float64 `json:"values"`
	OutputType     string      `json:"output_type"`
	Source         string      `json:"source"`
	SystemFeatures []string    `json:"system_features"`
	SystemValues   []string    `json:"system_values"`
	TrainerName    string      `json:"trainer_name"`
	Filter         string      `json:"filter"`
}

type powerResponse struct {
	Powers    map[string][]float64 `json:"powers"`
	Message   string               `json:"msg"`
	CoreRatio float64              `json:"core_ratio,omitempty"`
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func main() {
	rows, err := strconv.Atoi(os.Args[2])
	if err != nil {
		fail(err)
	}
	request := powerRequest{
		Metrics: []string{"cpu_cycles", "cpu_instructions", "cache_miss", "cpu_ref_cycles", "bpf_cpu_time_ms",
			"bpf_net_tx_irq", "bpf_net_rx_irq", "bpf_block_irq", "bpf_page_cache_hit"},
		Values:         make([][]float64, rows),
		OutputType:     "AbsPower",
		Source:         "intel_rapl",
		SystemFeatures: []string{"cpu_architecture"},
		SystemValues:   []string{"Broadwell"},
	}
	for i := range request.Values {
		request.Values[i] = make([]float64, len(request.Metrics))
		request.Values[i][4] = float64(i) * 10.5
	}
	body, err := json.Marshal(request)
	if err != nil {
		fail(err)
	}
	connection, err := net.Dial("unix", os.Args[1])
	if err != nil {
		fail(err)
	}
	defer connection.Close()
	if _, err = connection.Write(body); err != nil {
		fail(err)
	}
	buffer := make([]byte, 4096)
	length, err := connection.Read(buffer)
	if err != nil {
		fail(err)
	}
	var response powerResponse
	if err = json.Unmarshal(buffer[:length], &response); err != nil {
		fail(err)
	}
	sum := 0.0
	for _, watts := range response.Powers["package"] {
		sum += watts
	}
	fmt.Printf("%d %.3f %g\n", len(response.Powers["package"]), sum, response.CoreRatio)
}
