package githubtest

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// name makes a name like git's for an object.
func (s *Server) name(kind, content string) string {
	sum := sha1.Sum([]byte(kind + " " + fmt.Sprint(len(content)) + "\x00" + content))
	return hex.EncodeToString(sum[:])
}

func (s *Server) addBlob(data []byte) string {
	sha := s.name("blob", string(data))
	s.blobs[sha] = data
	return sha
}

func (s *Server) addTree(files map[string]string) string {
	var all strings.Builder
	for _, path := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&all, "%s %s\n", path, files[path])
	}
	sha := s.name("tree", all.String())
	s.trees[sha] = files
	return sha
}

func (s *Server) addCommit(tree, message string, parents []string) string {
	s.serial++
	sha := s.name("commit", fmt.Sprint(tree, message, parents, s.serial))
	s.commits[sha] = commit{tree: tree, message: message, parents: parents, date: s.Clock()}
	return sha
}

// commitFile puts a file on top of a branch and returns the new commit. The caller holds the lock.
func (s *Server) commitFile(branch, path string, data []byte, message string) string {
	head, ok := s.branches[branch]
	var parents []string
	files := map[string]string{}
	if ok {
		parents = []string{head}
		files = maps.Clone(s.trees[s.commits[head].tree])
	}
	files[path] = s.addBlob(data)
	s.branches[branch] = s.addCommit(s.addTree(files), message, parents)
	return s.branches[branch]
}

// history returns the commits of a branch, newest first. The caller holds the lock.
func (s *Server) history(branch string) []string {
	var all []string
	for sha, ok := s.branches[branch]; ok; {
		all = append(all, sha)
		parents := s.commits[sha].parents
		if len(parents) == 0 {
			break
		}
		sha = parents[0]
	}
	return all
}
