namespace FieldSupport.Web.Jobs;

/// <summary>Reads stored messages; written by the room that understands them, run by the timetable and after each new message.</summary>
public interface IStoredMessages
{
    Task<JobReport> Process(JobCall call, CancellationToken stop);
}

public sealed class ProcessStoredMessages(IEnumerable<IStoredMessages> rooms) : IJobWork
{
    public async Task<JobReport> Run(JobCall call, CancellationToken stop)
    {
        var total = new JobReport(0, 0);
        foreach (var room in rooms)
        {
            var one = await room.Process(call, stop);
            total = total with
            {
                Seen = total.Seen + one.Seen, Acted = total.Acted + one.Acted, Refused = total.Refused + one.Refused,
                Failures = [.. total.Failures, .. one.Failures], Why = one.Why ?? total.Why,
            };
        }
        return total;
    }
}
