#!/bin/sh
# TailSplit policies as a shell script, for machines without PowerShell. Written by Export-TailSplitPolicy -As Script.
@POLICIES@
#
#   sh FILE up       puts them in force; a second run changes nothing
#   sh FILE down     removes them: the host is as it was before
#   sh FILE status   exits with 0 if they are in force, 1 if rules are missing, 3 if they are not in force
#
# The script changes no rules of other programs. If other TailSplit policies are in force, up and down refuse; with --all,
# up replaces them, and down removes them too. Bridges and subnets are those of the export: when Docker recreates a
# network, export again. It needs root, iproute2 (4.17 or later), and nft, or iptables and ip6tables, for the firewall
# backend of the policies.
set -u
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH

# The names of the policies.
names() {
    cat <<'END'
@NAMES@
END
}

# Killswitches also work without these rules, for kernels without xt_TCPMSS.
clamp=yes
without_clamp() {
    if [ "$clamp" = yes ]; then cat; else grep -v TAILSPLIT-MSS; fi
}

# The rules of TailSplit's own chains, as iptables-save prints them: FAMILY TABLE
rules() {
    all_rules "$1" "$2" | without_clamp
}

hooks() {
    all_hooks "$1" "$2" | without_clamp
}

all_rules() {
    case "$mode $1 $2" in
@RULES@
    esac
}

# The jumps from other chains: FAMILY TABLE. Each line has the chain, the target and the position.
all_hooks() {
    case "$mode $1 $2" in
@HOOKS@
    esac
}

# The ip rules, in the order in which they are written, as 'ip -N rule' prints them: FAMILY
routing() {
    case "$mode $1" in
@ROUTING@
    esac
}

# The table of policies in nftables, as lines for nft.
all_nft() {
    case "$mode" in
@NFT@
    esac
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

tool() {
    if [ "$1" = 4 ]; then echo "iptables$store-$2"; else echo "ip6tables$store-$2"; fi
}

# Docker's chains are in one of the two stores of iptables; ours go beside them.
find_store() {
    for store in '' -nft -legacy; do
        command -v "iptables$store-save" >/dev/null 2>&1 || continue
        if "iptables$store-save" 2>/dev/null | grep -q '^:DOCKER '; then return; fi
    done
    store=
}

# Reads the rules of a family into $saved.
read_rules() {
    saved=$("$(tool "$1" save)") || fail "$(tool "$1" save) failed."
}

table() {
    printf '%s\n' "$saved" | awk -v title="*$1" '$0 == title { inside = 1; next } /^COMMIT/ { inside = 0 } inside'
}

own_rules() {
    table "$1" | grep -E '^-A (TAILSPLIT|TSK|TSB)-'
}

own_chains() {
    table "$1" | sed -n 's/^:\([^ ]*\) .*/\1/p' | grep -E '^(TAILSPLIT|TSK|TSB)-'
}

# TailSplit's jumps in other chains.
jumps() {
    table "$1" | grep -E '^-A .*-[jg] (TAILSPLIT|TSK|TSB)-' | grep -vE '^-A (TAILSPLIT|TSK|TSB)-'
}

# Sorts by chain. The order within a chain stays.
by_chain() {
    sort -s -k 2,2
}

has_chain() {
    # Without -q, which would close the pipe while awk writes.
    table "$1" | grep "^:$2 " >/dev/null
}

# The wanted jumps, as lines for iptables-restore: FAMILY TABLE
wanted_jumps() {
    hooks "$1" "$2" | while read -r from into end; do
        if [ "$from" = DOCKER-USER ]; then
            comment=tailsplit
            has_chain "$2" DOCKER-USER || comment='"tailsplit made this chain"'
            jumps "$2" | grep -qF 'DOCKER-USER -m comment --comment "tailsplit made this chain"' && comment='"tailsplit made this chain"'
            echo "-I DOCKER-USER 1 -m comment --comment $comment -j $into"
            # No rule may accept a packet before the jump. ts-forward accepts only packets from or into the tunnel.
            first=$(table "$2" | grep '^-A FORWARD ' | grep -v -e "-j $into\$" -e '^-A FORWARD -j ts-forward$' | sed -n 1p)
            [ "$first" = '-A FORWARD -j DOCKER-USER' ] || echo "-I FORWARD 1 -m comment --comment tailsplit -j $into"
        elif [ "$into" = TAILSPLIT-MSS ]; then
            echo "-I $from 1 -p tcp -m tcp --tcp-flags SYN,RST SYN -m comment --comment tailsplit -j $into"
        elif [ "$end" = first ]; then
            echo "-I $from 1 -m comment --comment tailsplit -j $into"
        else
            echo "-A $from -m comment --comment tailsplit -j $into"
        fi
    done
}

# Whether each jump is at its position, and no other jump exists: FAMILY TABLE
jumps_are_good() {
    wanted=$(wanted_jumps "$1" "$2")
    [ "$(printf '%s' "$wanted" | grep -c .)" = "$(jumps "$2" | grep -c .)" ] || return 1
    printf '%s\n' "$wanted" | {
        while read -r command from rest; do
            case $command in
                -I) found=$(table "$2" | grep "^-A $from " | sed -n 1p); rest=${rest#1 } ;;
                -A) found=$(table "$2" | grep "^-A $from " | tail -n 1) ;;
                *) continue ;;
            esac
            [ "$found" = "-A $from $rest" ] || return 1
        done
    }
}

chains_are_good() {
    [ "$(own_rules "$2" | by_chain)" = "$(rules "$1" "$2" | by_chain)" ] &&
        [ "$(own_chains "$2" | sort)" = "$(rules "$1" "$2" | awk '{ print $2 }' | sort -u)" ]
}

# The change of a table as one commit of iptables-restore: FAMILY TABLE
compose() {
    chains_are_good "$1" "$2" && jumps_are_good "$1" "$2" && return
    chains=$(rules "$1" "$2" | awk '{ print $2 }' | sort -u)
    stale=$(own_chains "$2" | grep -vxF "$(printf '%s\n' "${chains:-none}")")
    made=$(jumps "$2" | grep -F 'DOCKER-USER -m comment --comment "tailsplit made this chain"')
    echo "*$2"
    if hooks "$1" "$2" | grep -q '^DOCKER-USER ' && ! has_chain "$2" DOCKER-USER; then echo '-N DOCKER-USER'; fi
    # The commit is atomic, so no packet meets an empty chain.
    for chain in $chains; do echo ":$chain - [0:0]"; done
    jumps "$2" | sed 's/^-A/-D/'
    for chain in $stale; do echo "-F $chain"; done
    rules "$1" "$2"
    wanted_jumps "$1" "$2"
    for chain in $stale; do echo "-X $chain"; done
    if [ -n "$made" ] && ! hooks "$1" "$2" | grep -q '^DOCKER-USER ' && docker_user_is_unused "$2"; then echo '-X DOCKER-USER'; fi
    echo COMMIT
}

docker_user_is_unused() {
    [ "$(table "$1" | grep -c '^-A DOCKER-USER ')" = 1 ] && ! table "$1" | grep -E -- '-[jg] DOCKER-USER( |$)' >/dev/null
}

compose_all() {
    for name in filter nat mangle; do compose "$1" "$name"; done
}

# TailSplit's ip rules in the format of 'routing'. With -N, ip prints an action as a number too: 6 of "6 proto 84" is
# blackhole, but 6 of "lookup 6 proto 84" is a table.
present_routing() {
    ip "-$1" -N rule show | sed -n -e 's/[[:space:]][[:space:]]*/ /g' -e 's/ \[detached\]//' -e 's/ \[unresolved\]//' -e 's/ from all / /' -e 's/ *$//' \
        -e 's/^\([0-9]*\): /pref \1 /' -e '/ lookup /!s/ 8 proto 84$/ prohibit proto 84/' -e '/ lookup /!s/ 6 proto 84$/ blackhole proto 84/' \
        -e '/ lookup /!s/ 7 proto 84$/ unreachable proto 84/' -e 's/ ipproto ipproto-/ ipproto /' \
        -e 's/ proto 84$/ protocol 84/p'
}

# Lines for ip -batch: rules that refuse are added first and deleted last. The blocks after all other rules (32767) are
# added before the goto rules that lead there, and deleted after them. The kernel accepts a goto with a new target only
# after the old one is deleted.
compose_routing() {
    present=$(present_routing "$1")
    wanted=$(routing "$1")
    new=$(printf '%s\n' "$wanted" | grep . | grep -vxF "${present:-none}")
    stale=$(printf '%s\n' "$present" | grep . | grep -vxF "${wanted:-none}" | sort -k 2,2nr)
    moved=$(printf '%s\n' "$new" | sed -n 's/ goto .*/ goto /p')
    moved=$(printf '%s\n' "$stale" | grep -F "${moved:-none}")
    stale=$(printf '%s\n' "$stale" | grep -vxF "${moved:-none}")
    printf '%s\n' "$new" | awk '$2 > 32767 { print "rule add " $0 }'
    printf '%s\n' "$moved" | awk 'NF { print "rule del " $0 }'
    printf '%s\n' "$new" | awk 'NF && $2 <= 32767 { print "rule add " $0 }'
    printf '%s\n' "$stale" | awk 'NF && $2 <= 32767 && !/ (prohibit|blackhole) / { print "rule del " $0 }'
    printf '%s\n' "$stale" | awk '$2 > 32767 && !/ (prohibit|blackhole) / { print "rule del " $0 }'
    printf '%s\n' "$stale" | awk '/ (prohibit|blackhole) / { print "rule del " $0 }'
}

restore() {
    [ -z "$2" ] || printf '%s\n' "$2" | "$(tool "$1" restore)" $3 --noflush --wait 30
}

batch() {
    [ -z "$2" ] || printf '%s\n' "$2" | ip "-$1" -batch -
}

# The table of TailSplit in nf_tables as nft lists it, into $listed.
read_table() {
    listed=
    command -v nft >/dev/null 2>&1 || return 0
    tables=$(nft list tables inet) || fail 'nft list tables failed.'
    case $tables in
        *'table inet tailsplit'*) listed=$(nft -s list table inet tailsplit) || fail 'nft list table inet tailsplit failed.' ;;
    esac
}

# The wanted table, as the same nft lists it: loaded into a network namespace that ends with the command.
wanted_table() {
    all_nft | grep -q . || return 0
    all_nft | unshare -n sh -c 'nft -f - && nft -s list table inet tailsplit'
}

# The order of chains and maps depends on the program that wrote them. The order within each stays.
by_object() {
    awk '/^\t(chain|map) / { object = $2; line = 0 } { printf "%s %06d %s\n", object, line++, $0 }' | sort
}

table_is_good() {
    loaded=$(wanted_table)
    [ "$(printf '%s\n' "$listed" | by_object)" = "$(printf '%s\n' "$loaded" | by_object)" ]
}

# The change of the table as one transaction of nft, into $table_text: the table as a whole.
compose_table() {
    read_table
    table_text=
    table_is_good && return
    if all_nft | grep -q .; then
        table_text=$(echo 'add table inet tailsplit'; echo 'delete table inet tailsplit'; all_nft)
    elif [ -n "$listed" ]; then
        table_text='delete table inet tailsplit'
    fi
}

write_table() {
    [ -z "$table_text" ] || printf '%s\n' "$table_text" | nft $1 -f -
}

# Policies in force that this script does not write.
others() {
    {
        for family in $firewalls; do
            read_rules "$family"
            for name in filter nat mangle; do own_rules "$name"; done
        done | sed -n 's/.*--comment "tailsplit [a-z]* \([^ "]*\).*/\1/p'
        read_table
        printf '%s\n' "$listed" | sed -n 's/^\tchain TS[KB]-\([^ /]*\).*/\1/p'
    } | sort -u | grep -vxF "$(names)"
}

# Plans the changes of the firewall into $text4 and $text6.
compose_texts() {
    text4= text6=
    for family in $firewalls; do
        read_rules "$family"
        if [ "$family" = 4 ]; then text4=$(compose_all 4); else text6=$(compose_all 6); fi
    done
}

restore_both() {
    restore 4 "$text4" "$1" && restore 6 "$text6" "$1"
}

# A network must not stay open because the kernel has no MSS clamp.
try_without_clamp() {
    case "$mode $clamp $text4$text6" in
        'up yes '*TAILSPLIT-MSS*) ;;
        *) return 1 ;;
    esac
    clamp=no
    compose_texts
    restore_both "$1" || return 1
    echo "${0##*/}: the kernel refuses the rules of TAILSPLIT-MSS (xt_TCPMSS); continuing without them." >&2
}

change() {
    compose_texts
    compose_table
    write_table -c && { restore_both --test || try_without_clamp --test; } || fail 'the rules were refused; nothing was changed.'
    # Rules that close are added first and removed last: the firewall, and of two backends the one that gets rules.
    if [ "$mode" = down ]; then change_routing; fi
    if all_nft | grep -q .; then change_table; fi
    restore_both '' || try_without_clamp '' || incomplete
    if ! all_nft | grep -q .; then change_table; fi
    if [ "$mode" = up ]; then change_routing; fi
}

incomplete() {
    fail "the change is not complete: fix the cause, then run '$0 $mode' again."
}

change_table() {
    write_table '' || incomplete
}

change_routing() {
    for family in $families; do
        batch "$family" "$(compose_routing "$family")" || incomplete
    done
}

examine() {
    whole=yes any=no
    for family in $firewalls; do
        read_rules "$family"
        for name in filter nat mangle; do
            chains_are_good "$family" "$name" && jumps_are_good "$family" "$name" || whole=no
            [ -z "$(own_rules "$name")" ] || any=yes
        done
    done
    read_table
    table_is_good || whole=no
    [ -z "$listed" ] || any=yes
    for family in $families; do
        [ "$(present_routing "$family" | sort)" = "$(routing "$family" | sort)" ] || whole=no
        [ -z "$(present_routing "$family")" ] || any=yes
    done
}

status() {
    examine
    if [ "$whole" = no ]; then
        clamp=no
        examine
    fi
    if [ "$whole" = yes ]; then
        echo 'in force'
    elif [ "$any" = yes ]; then
        echo 'damaged, or other policies are in force as well'
        return 1
    else
        echo 'not in force'
        return 3
    fi
}

# The lock of TailSplit's other commands.
lock() {
    command -v flock >/dev/null 2>&1 || return 0
    mkdir -p /run/tailsplit && exec 9>>"/run/tailsplit/$(readlink /proc/self/ns/net | tr -dc 0-9).lock" || fail 'the lock in /run/tailsplit cannot be opened.'
    flock -w 30 9 || fail 'another TailSplit command is running.'
}

mode=${1:-} all=${2:-}
case "$mode $all" in
    'up ' | 'down ' | 'status ' | 'up --all' | 'down --all') ;;
    *)
        echo "usage: ${0##*/} up|down [--all] | status" >&2
        exit 2
        ;;
esac
[ "$(id -u)" = 0 ] || fail 'this needs root.'
families=4
if [ -e /proc/self/net/if_inet6 ]; then families='4 6'; fi
find_store
# Without iptables, it has no rules of TailSplit to read.
firewalls=
if @IPTABLES@ || command -v "$(tool 4 save)" >/dev/null 2>&1; then firewalls=$families; fi
for program in ip awk $(for family in $firewalls; do tool "$family" restore; done) @PROGRAMS@; do
    command -v "$program" >/dev/null 2>&1 || fail "$program is not installed."
done
case $(ip -V 2>/dev/null) in
    *iproute2*) ;;
    *) fail 'the ip of iproute2 is needed.' ;;
esac
if [ "$mode" = status ]; then
    mode=up
    status
    exit
fi
lock
if [ -z "$all" ]; then
    found=$(others | tr '\n' ' ')
    [ -z "$found" ] || fail "other policies of TailSplit are in force: $found(--all replaces or removes them too)"
fi
change
