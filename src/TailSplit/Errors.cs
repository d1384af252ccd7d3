using System.Management.Automation;
using TailSplit.Core;

namespace TailSplit;

/// <summary>Converts failures to error records.</summary>
internal static class Errors
{
    public static ErrorRecord ToErrorRecord(this Failure failure, Exception? exception = null)
    {
        ErrorRecord record = new(
            exception ?? failure.ToException(), failure.Id, CategoryOf(failure.Kind), failure.Target)
        {
            ErrorDetails = new ErrorDetails(failure.Message) { RecommendedAction = failure.Remedy },
        };
        return record;
    }

    private static ErrorCategory CategoryOf(FailureKind kind) => kind switch
    {
        FailureKind.InvalidArgument => ErrorCategory.InvalidArgument,
        FailureKind.NotFound => ErrorCategory.ObjectNotFound,
        FailureKind.AlreadyExists => ErrorCategory.ResourceExists,
        FailureKind.NotInstalled => ErrorCategory.NotInstalled,
        FailureKind.PermissionDenied => ErrorCategory.PermissionDenied,
        FailureKind.Unavailable => ErrorCategory.ResourceUnavailable,
        FailureKind.InvalidOperation => ErrorCategory.InvalidOperation,
        FailureKind.InvalidData => ErrorCategory.InvalidData,
        FailureKind.Timeout => ErrorCategory.OperationTimeout,
        _ => ErrorCategory.NotSpecified,
    };
}
