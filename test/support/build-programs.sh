# The part that the scripts which build programs for the tests have in common. They source it.
#
# usage: build_programs TARGET FOLDER...
#
# Runs the function build_FOLDER (with _ for - and .) in a copy of each folder of $sources, unless the copy of this version
# is complete. The version is the hash of the folder's files. Versions that are older than a week are deleted.

build_programs() {
  local target=$1 folder version home
  shift
  for folder; do
    cd "$sources/$folder"
    # test/support/programs.ts computes the same.
    version=$(find . -type f | LC_ALL=C sort | xargs cat | sha256sum | cut -c 1-12)
    home=$target/$folder-$version
    [ -e "$home/.complete" ] && continue
    printf '\n== build %s for %s\n' "$folder" "$(basename "$(dirname "$sources")")"
    mkdir -p "$target"
    # Recent versions can be those of other branches.
    find "$target" -maxdepth 1 -regex ".*/$folder-[0-9a-f]+" -mtime +7 -exec rm -rf {} +
    rm -rf "$home"
    cp -R . "$home"
    cd "$home"
    "build_${folder//[-.]/_}"
    touch .complete
  done
}
