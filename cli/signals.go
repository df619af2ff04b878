package cli

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// interruption is what signals ask for while a scenario runs: the first one to
// stop and print what there is, the second to end at once.
type interruption struct {
	context.Context
	code atomic.Int32 // 0: none
	stop func()
}

// listen begins to take SIGINT, SIGTERM and SIGHUP; end gives them back.
func listen() *interruption {
	ctx, cancel := context.WithCancel(context.Background())
	i := &interruption{Context: ctx}
	caught := make(chan os.Signal, 2)
	signal.Notify(caught, os.Interrupt, syscall.SIGTERM)
	// Under nohup a run is meant to outlive its terminal.
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(caught, syscall.SIGHUP)
	}
	ended := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-caught:
				if code := signalCode(s); !i.code.CompareAndSwap(0, code) {
					os.Exit(int(code))
				}
				cancel()
			case <-ended:
				return
			}
		}
	}()
	i.stop = func() {
		signal.Stop(caught)
		close(ended)
		cancel()
	}
	return i
}

// end gives the signals back to whoever had them.
func (i *interruption) end() { i.stop() }

// exit is the error to end with, nil when no signal came.
func (i *interruption) exit() error {
	if code := i.code.Load(); code != 0 {
		return silently(int(code))
	}
	return nil
}

func signalCode(s os.Signal) int32 {
	if n, ok := s.(syscall.Signal); ok {
		return 128 + int32(n)
	}
	return 128 + int32(syscall.SIGINT)
}
