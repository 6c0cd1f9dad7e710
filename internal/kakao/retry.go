package kakao

import (
	"context"
	"time"
)

// tries is how often a call is made in all while trying again can help and can do no harm.
const tries = 3

// firstPause lies between the first and the second try; it doubles after that.
const firstPause = time.Second

// retry makes a call again as long as again allows it.
func (c *Client) retry(ctx context.Context, again func(error) bool, call func() error) error {
	pause := firstPause
	for try := 1; ; try++ {
		err := call()
		if err == nil || try == tries || !again(err) {
			return err
		}
		if stopped := c.sleep(ctx, pause); stopped != nil {
			return err
		}
		pause *= 2
	}
}
