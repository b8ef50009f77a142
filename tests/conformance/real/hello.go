package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"time"
)

func main() {
	fmt.Println("hello from Go", strings.ToUpper("and its runtime"))
	var group sync.WaitGroup
	results := make(chan int, 10)
	for i := 0; i < 10; i++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			sum := 0
			for j := 0; j <= n*1000; j++ {
				sum += j
			}
			results <- sum
		}(i)
	}
	group.Wait()
	close(results)
	all := []int{}
	for sum := range results {
		all = append(all, sum)
	}
	sort.Ints(all)
	fmt.Println(all)
	select {
	case <-time.After(2 * time.Millisecond):
		fmt.Println("a timer fired")
	}
	if err := os.WriteFile("go.txt", []byte("written by Go\n"), 0o644); err != nil {
		fmt.Println(err)
	}
	data, _ := os.ReadFile("go.txt")
	fmt.Print(string(data))
	_, err := os.Open("missing")
	fmt.Println(err, errors.Is(err, os.ErrNotExist))
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		var nothing *int
		*nothing = 1
	}()
	os.Exit(3)
}
