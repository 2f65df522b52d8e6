# The language of the person: sourced by the scripts, which say each sentence as `words CHINESE ENGLISH`.
# The same variables in the same order as in ui/locale; a bare C or POSIX locale means Chinese.
words() {
    for language in "${MEETING_LANG:-}" "${LANGUAGE:-}" "${LC_ALL:-}" "${LC_MESSAGES:-}" "${LANG:-}"; do
        case $language in
            "" | C | C.* | POSIX | POSIX.*) ;;
            [eE][nN]*) printf '%s\n' "$2"; return ;;
            *) break ;;
        esac
    done
    printf '%s\n' "$1"
}
