package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Me names the account of the person who logged in without choosing a name.
const Me = "me"

// Receiver is somebody who gets a job's messages.
type Receiver struct {
	// Account is the login that sends, and gets the message in its own chat unless there is a Friend.
	Account string
	// Friend is the nickname or uuid of a friend of the account; empty for its own chat.
	Friend string
}

// String returns the receiver's name in the state and in reports: me, account:NAME or friend:NAME.
func (r Receiver) String() string {
	switch {
	case r.Friend != "":
		return "friend:" + r.Friend
	case r.Account == Me:
		return Me
	}
	return "account:" + r.Account
}

// receivers reads `to:`, a list of me, {account: NAME} and {friends: [NICKNAME, …]}.
func (m mapping) receivers() []Receiver {
	if !m.has("to") {
		return []Receiver{{Account: Me}}
	}
	var all []Receiver
	add := func(n *yaml.Node, r Receiver) {
		if slices.Contains(all, r) {
			m.errorf(n, "to: %s is there twice", r)
		}
		all = append(all, r)
	}
	for _, n := range m.list("to") {
		if n.Kind != yaml.MappingNode {
			if n.Value != Me {
				m.errorf(n, "to: %q is unknown; want me, {account: NAME} or {friends: [NICKNAME, …]}", n.Value)
				continue
			}
			add(n, Receiver{Account: Me})
			continue
		}
		to := m.mapping(n, "to", "account", "friends")
		if len(to.entries) != 1 && len(to.misspelt) == 0 {
			m.errorf(n, "to: want account or friends, each in an entry of its own")
			continue
		}
		if one := to.entries["account"]; one != nil {
			if name := value(to, "account", "", accountName); name != "" {
				add(one, Receiver{Account: name})
			}
		}
		for _, one := range to.list("friends") {
			name, ok := to.scalar(one, "friends")
			switch name = strings.TrimSpace(name); {
			case !ok:
			case name == "":
				m.errorf(one, "friends: a nickname is empty")
			default:
				add(one, Receiver{Account: Me, Friend: name})
			}
		}
	}
	return all
}

// accountName parses the name that a login was given.
func accountName(text string) (string, error) {
	if !isName(text) {
		return "", fmt.Errorf("%q is no name of an account; want letters, digits, - and _, 40 at most", text)
	}
	return text, nil
}

// CheckAccountName refuses what no account may be called; see [Receiver].
func CheckAccountName(text string) error {
	_, err := accountName(text)
	return err
}

// Friends reports whether any job sends to friends, for which a login has to ask for more.
func (c Config) Friends() bool {
	return slices.ContainsFunc(c.Jobs, func(j Job) bool {
		return slices.ContainsFunc(j.To, func(r Receiver) bool { return r.Friend != "" })
	})
}
