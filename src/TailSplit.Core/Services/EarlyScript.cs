using System.Globalization;
using TailSplit.Core.Model;

namespace TailSplit.Core.Services;

/// <summary>
/// The shell script that loads <see cref="EarlyRules"/>. It needs POSIX sh and the tools that Docker itself needs. It
/// only adds rules: to an empty firewall by one restore for each family, otherwise each missing rule. A second run
/// changes nothing. If a step fails, the others still run, and the script exits with 1.
/// </summary>
public static class EarlyScript
{
    // The paths come after those of the unit, so the tools of an administrator are found first.
    private const string Head = """
        #!/bin/sh
        # Closes the killswitch networks of TailSplit at boot, before the network and Docker start.
        # Register-TailSplitService writes this file, Unregister-TailSplitService removes it.
        export LC_ALL=C PATH="${PATH:+$PATH:}/usr/sbin:/usr/bin:/sbin:/bin"
        here=$(dirname "$0")
        status=0

        # Adds each missing rule to a firewall that is not empty. Existing rules stay.
        add() {
            while read -r option chain rest; do
                case $option in
                :*) "$1" --wait 10 --new-chain "${option#:}" 2>/dev/null ;;
                -N) "$1" --wait 10 --new-chain "$chain" 2>/dev/null ;;
                -A) eval "set -- $1 $rest"; tool=$1; shift
                    "$tool" --wait 10 --check "$chain" "$@" 2>/dev/null || "$tool" --wait 10 --append "$chain" "$@" || status=1
                    set -- "$tool" ;;
                -I) eval "set -- $1 ${rest#1 }"; tool=$1; shift
                    "$tool" --wait 10 --check "$chain" "$@" 2>/dev/null || "$tool" --wait 10 --insert "$chain" 1 "$@" || status=1
                    set -- "$tool" ;;
                esac
            done < "$2"
        }

        # $1: the tool, $2: its rules. On an empty firewall, one restore adds all of them.
        firewall() {
            [ -e "$2" ] || return
            "$1-restore" --noflush --wait 10 < "$2" 2>/dev/null || add "$1" "$2"
        }

        # $1: the rules of the nftables table. An existing table is left to the sync.
        tables() {
            [ -e "$1" ] || return
            nft list table inet tailsplit >/dev/null 2>&1 || nft -f "$1" || status=1
        }

        # $1: the family, $2: its rules. A rule that exists already is no error.
        routing() {
            [ -e "$2" ] || return
            complaints=$(ip "$1" -force -batch "$2" 2>&1 | grep -v -e 'File exists' -e '^Command failed')
            [ -z "$complaints" ] || { echo "$complaints" >&2; status=1; }
        }

        """;

    /// <param name="suffix">The suffix of Docker's iptables: empty, <c>-nft</c> or <c>-legacy</c>.</param>
    public static string Write(string suffix) => string.Create(CultureInfo.InvariantCulture, $"""
        {Head}
        routing -4 "$here/{ServiceLayout.Batch(IpFamily.IPv4)}"
        firewall iptables{suffix} "$here/{ServiceLayout.Restore(IpFamily.IPv4)}"
        tables "$here/{ServiceLayout.Nftables}"
        if [ -e /proc/net/if_inet6 ]; then
            routing -6 "$here/{ServiceLayout.Batch(IpFamily.IPv6)}"
            firewall ip6tables{suffix} "$here/{ServiceLayout.Restore(IpFamily.IPv6)}"
        fi
        exit $status

        """);
}
